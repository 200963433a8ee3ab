// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
package import TallyModel

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Result codes of the library and of the system as errors of ours.
package enum LMDBFailure {
    /// The operation during which a call failed.
    package enum Act: String, Sendable {
        case open = "opened"
        case read = "read"
        case write = "written"
    }

    /// Returns the error for a code, for the store at `path`.
    package static func error(_ code: Int32, _ act: Act, path: String) -> TallyError {
        let words = unsafe mdb_strerror(code).map { unsafe String(cString: $0) } ?? "code \(code)"
        switch code {
        case MDB_INVALID, MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INCOMPATIBLE, MDB_VERSION_MISMATCH:
            return TallyError(
                .corrupt, "is damaged or no online store", subject: path,
                help: repair, underlying: words)
        case EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR:
            return TallyError(
                .unwritable, "the online store could not be \(act.rawValue): \(words)", subject: path,
                help: "check that the folder and the files in it are writable; lock.mdb is written by readers too",
                underlying: words)
        case ENOSPC, EDQUOT, EFBIG, EIO:
            return TallyError(
                .unwritable, "the online store could not be \(act.rawValue): \(words)", subject: path,
                help: "check that the disk has room and is in order; what was there before is untouched",
                underlying: words)
        case MDB_READERS_FULL:
            return TallyError(
                .engine, "too many threads read the online store at once", subject: path,
                help: "read from fewer threads or processes at a time", underlying: words)
        case MDB_PANIC:
            return TallyError(
                .engine, "the online store stopped after an earlier failure", subject: path,
                help: "start the program again, after looking into the first failure", underlying: words)
        default:
            return TallyError(
                .engine, "the online store could not be \(act.rawValue): \(words)", subject: path, underlying: words)
        }
    }

    /// Returns the error for a database that another program made.
    static func stranger(path: String) -> TallyError {
        TallyError(
            .corrupt, strangeness, subject: path,
            help: "name another folder for the online store in tally.yaml")
    }

    private static let strangeness = "is a database of another program, not an online store"

    /// Whether an error is the one for a database that another program made.
    static func isStranger(_ error: TallyError) -> Bool { error.message == strangeness }

    /// The error for stored directory data that is not as it was written.
    static func corrupt(_ what: String, path: String) -> TallyError {
        TallyError(
            .corrupt, "\(what) is damaged", subject: path,
            help: repair)
    }

    /// The error for a file whose pages are not as they were written.
    static func damaged(_ damage: StructureDamage, path: String) -> TallyError {
        TallyError(.corrupt, "is damaged: \(damage.text)", subject: path, help: repair, underlying: damage.text)
    }

    private static let repair: Advice =
        "restore it from a backup; or run `\(.materialize(full: true))`, which reads every source anew, makes a new store and "
        + "keeps this one beside it as data.mdb.damaged-..."
}
