// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import FoundationEssentials
public import TallyModel

/// A new folder for one test, under the system's folder for temporary files; it goes with its last reference.
public final class TemporaryFolder: Sendable {
    /// The folder's absolute path.
    public let path: String

    /// Makes a folder whose name holds `name`; nothing else has its path.
    public init(_ name: String) throws(TallyError) {
        var generator = SystemRandomNumberGenerator()
        let unique = String(generator.next() as UInt64, radix: 36)
        path = "/tmp/tally-\(name)-\(unique)"
        try Self.make(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in the folder, with the folders above it, and returns its absolute path.
    @discardableResult
    public func write(_ text: String, to name: String) throws(TallyError) -> String {
        let file = path + "/" + name
        try Self.make(FileName.folder(of: file))
        try AtomicFile.write(Array(text.utf8), to: file)
        return file
    }

    /// The text of a file in the folder; nil when there is none.
    public func read(_ name: String) throws(TallyError) -> String? {
        try AtomicFile.read(path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names of the files and folders in the folder, sorted.
    public var names: [String] { names(in: "") }

    /// The names of the files and folders in a folder of it, sorted; none where there is no such folder.
    public func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
    }

    private static func make(_ folder: String) throws(TallyError) {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(folder)
        } catch {
            throw TallyError(.unwritable, error.message, subject: folder)
        }
    }
}
