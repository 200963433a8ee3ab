// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// A file without a name: it is gone with its last user, or with the process, whatever ends it.
package final class ScratchFile: Sendable {
    private static let counter = Atomic<Int>(0)
    private let file: OpenFile

    /// Makes one in a folder, which is made when it is missing.
    package init(in folder: String) throws(OpenFile.Failure) {
        try FileName.makeFolder(folder)
        file = try OpenFile.scratch(in: folder, serial: Self.counter.add(1, ordering: .relaxed).newValue)
    }

    /// Writes bytes at the end.
    package func append(_ bytes: [UInt8]) throws(OpenFile.Failure) { try file.write(bytes) }

    /// Writes bytes at an offset; what is not written before the last byte is a hole, which reads as zeros.
    package func write(_ bytes: [UInt8], at offset: Int) throws(OpenFile.Failure) { try file.write(bytes, at: offset) }

    /// A path by which this process can open the file once more, while it lives.
    package var path: String { file.ownPath }

    /// Reads up to the count of bytes at an offset; empty at the end.
    package func read(upTo count: Int, at offset: Int) throws(OpenFile.Failure) -> [UInt8] {
        try file.read(upTo: count, at: offset)
    }
}
