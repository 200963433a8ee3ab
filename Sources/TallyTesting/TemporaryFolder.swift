// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A new folder for one test, under the system's folder for temporary files.
public struct TemporaryFolder: Sendable {
    /// The folder's absolute path.
    public let path: String

    /// Makes a folder whose name holds `name`; nothing else has its path.
    public init(_ name: String) throws(TallyError) {
        var generator = SystemRandomNumberGenerator()
        let unique = String(generator.next() as UInt64, radix: 36)
        path = "/tmp/tally-\(name)-\(unique)"
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(path)
        } catch {
            throw TallyError(.unwritable, error.message, subject: path)
        }
    }

    /// Writes a file in the folder, with the folders above it, and returns its absolute path.
    @discardableResult
    public func write(_ text: String, to name: String) throws(TallyError) -> String {
        let file = path + "/" + name
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(FileName.folder(of: file))
        } catch {
            throw TallyError(.unwritable, error.message, subject: file)
        }
        try AtomicFile.write(Array(text.utf8), to: file)
        return file
    }

    /// The text of a file in the folder; nil when there is none.
    public func read(_ name: String) throws(TallyError) -> String? {
        try AtomicFile.read(path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }
}
