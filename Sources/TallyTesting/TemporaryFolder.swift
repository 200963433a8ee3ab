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

    /// Returns once the file system's clock has gone on: what changes from now on has a later time than all that was written.
    public func waitForTick() throws(TallyError) {
        func now() throws(TallyError) -> Int64 {
            FileStamp(of: try write("", to: ".tick"))?.changedNanoseconds ?? 0
        }
        let start = try now()
        while try now() == start {}
    }

    /// Whether such folders lie where a folder's times tell that it was moved.
    public static var tellsMoves: Bool {
        FileStamp(of: "/tmp").map { MountTable().tellsMoves(of: "/tmp", $0) } ?? false
    }

    /// Moves a folder away, and puts it back.
    package func moveAwayAndBack(_ name: String = "") throws(OpenFile.Failure) {
        let folder = name.isEmpty ? path : path + "/" + name
        try FileName.rename(folder, to: folder + ".away")
        try FileName.rename(folder + ".away", to: folder)
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
