// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

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
    private static let text: [UInt8] = {
        let error = TallyError(
            .corrupt, "a page of data.mdb could not be read: the file was cut short, or its disk fails",
            subject: "online store",
            help: "`\(.doctor)` says what is damaged; `\(.materialize(full: true))` makes a new store")
        return Array((error.description + "\n").utf8)
    }()
    /// The text is made before a signal can come, since a handler may not make one.
    private static let isPrepared: Void = {
        _ = text.count
        _ = signal(SIGBUS) { _ in LastWords.end() }
    }()

    /// Prepares the message that replaces a signal.
    static func prepare(_ environment: OpaquePointer) {
        _ = isPrepared
        _ = unsafe mdb_env_set_assert(environment) { _, _ in LastWords.end() }
    }

    /// Calls only what a signal handler may call.
    private static func end() -> Never {
        unsafe text.withUnsafeBytes { _ = unsafe write(2, $0.baseAddress, $0.count) }
        _exit(status)
    }
}
