// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Writes files that appear whole or not at all.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)

    /// Returns a number that no other file of this process has in its temporary name.
    package static func nextSerial() -> Int { counter.add(1, ordering: .relaxed).newValue }

    /// Writes bytes beside the path, waits for the disk, then renames: a reader sees the old file or the new one.
    ///
    /// The folder must exist. The file gets the permissions 0666 less the umask, as any file, unless others are given. Throws
    /// `E-unwritable`, and then the old file is untouched and nothing is left beside it. One that does not wait for the disk
    /// may be found empty or old after the power failed.
    public static func write(
        _ bytes: [UInt8], to path: String, waitsForDisk: Bool = true, permissions: UInt32 = 0o666
    ) throws(TallyError) {
        try write(to: path, waitsForDisk: waitsForDisk, permissions: permissions) { (sink) throws(TallyError) in
            try sink(bytes)
        }
    }

    /// Writes the pieces that `produce` hands to its sink, one after the other, in the same way.
    ///
    /// When `produce` throws, nothing is left behind.
    public static func write(
        to path: String, waitsForDisk: Bool = true, permissions: UInt32 = 0o666,
        _ produce: (_ sink: ([UInt8]) throws(TallyError) -> Void) throws(TallyError) -> Void
    ) throws(TallyError) {
        let aside = "\(path).partial-\(FileName.processNumber)-\(nextSerial())"
        do throws(TallyError) {
            let file = try wrapping(path) { () throws(OpenFile.Failure) in
                try OpenFile.creating(aside, permissions: permissions)
            }
            try produce { (bytes) throws(TallyError) in
                try wrapping(path) { () throws(OpenFile.Failure) in try file.write(bytes) }
            }
            try wrapping(path) { () throws(OpenFile.Failure) in
                if waitsForDisk { try file.synchronize() }
                try FileName.rename(aside, to: path)
            }
        } catch {
            FileName.remove(aside)
            throw error
        }
        guard waitsForDisk else { return }
        try wrapping(path) { () throws(OpenFile.Failure) in
            try OpenFile.reading(FileName.folder(of: path)).synchronize()
        }
    }

    private static func wrapping<Result: ~Copyable>(
        _ path: String, _ body: () throws(OpenFile.Failure) -> Result
    ) throws(TallyError) -> Result {
        do throws(OpenFile.Failure) {
            return try body()
        } catch {
            throw TallyError(
                .unwritable, "could not be written: \(error.message)", subject: path,
                help: "check that the folder exists, is writable and has room", underlying: error.message)
        }
    }

    /// The bytes of a file; nil when there is none.
    ///
    /// Throws `E-unreadable` for what cannot be read.
    public static func read(_ path: String) throws(TallyError) -> [UInt8]? {
        do throws(OpenFile.Failure) {
            let file = try OpenFile.reading(path)
            var bytes: [UInt8] = []
            while true {
                let piece = try file.read(upTo: 1 << 16)
                guard !piece.isEmpty else { return bytes }
                bytes += piece
            }
        } catch {
            if error.isMissing { return nil }
            throw TallyError(
                .unreadable, "could not be read: \(error.message)", subject: path, underlying: error.message)
        }
    }
}
