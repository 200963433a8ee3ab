// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Writes a file piece by piece, over any time; it appears whole when it is committed, else not at all.
///
/// Used by one task at a time. Every call throws `E-unwritable`, and then nothing is left beside the path.
package final class AtomicWriter {
    private let path: String
    private let aside: String
    private let file: OpenFile
    private var isOpen = true

    /// Begins a file beside the path; the folder must exist.
    package init(_ path: String) throws(TallyError) {
        self.path = path
        aside = "\(path).partial-\(FileName.processNumber)-\(AtomicFile.nextSerial())"
        do throws(OpenFile.Failure) {
            file = try OpenFile.creating(aside, permissions: 0o666)
        } catch {
            throw Self.unwritable(path, error)
        }
    }

    deinit { if isOpen { FileName.remove(aside) } }

    /// Adds bytes.
    package func append(_ bytes: [UInt8]) throws(TallyError) {
        do throws(OpenFile.Failure) { try file.write(bytes) } catch { throw Self.unwritable(path, error) }
    }

    /// Waits for the disk and puts the file in its place.
    package func commit() throws(TallyError) {
        do throws(OpenFile.Failure) {
            try file.synchronize()
            try FileName.rename(aside, to: path)
            isOpen = false
            try OpenFile.reading(FileName.folder(of: path)).synchronize()
        } catch {
            throw Self.unwritable(path, error)
        }
    }

    private static func unwritable(_ path: String, _ failure: OpenFile.Failure) -> TallyError {
        TallyError(
            .unwritable, "could not be written: \(failure.message)", subject: path,
            help: "check that the folder exists, is writable and has room", underlying: failure.message)
    }
}
