// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The last message of the process when the file is damaged while it is mapped: it exits with an error, not by a
/// signal.
///
/// Files are looked through before they are mapped. A file that is cut short later, or a disk that fails under it, is told
/// by the system as `SIGBUS`; pages that fail the library's own checks end in its `abort()`. Neither can be gone on from.
enum LastWords {
    /// The exit status of operations that failed.
    private static let status: Int32 = 4
    private static let text: StaticString = """
        error[E-corrupt]: online store: a page of data.mdb could not be read: the file was cut short, or its disk fails
        help: `tally doctor` says what is damaged; `tally materialize --full` makes a new store

        """
    private static let isPrepared: Void = { _ = signal(SIGBUS) { _ in LastWords.end() } }()

    /// Prepares the message that replaces a signal.
    static func prepare(_ environment: OpaquePointer) {
        _ = isPrepared
        _ = unsafe mdb_env_set_assert(environment) { _, _ in LastWords.end() }
    }

    /// Calls only what a signal handler may call.
    private static func end() -> Never {
        _ = unsafe write(2, text.utf8Start, text.utf8CodeUnitCount)
        _exit(status)
    }
}
