// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The right to fill, held by one process at a time; a process that dies gives it back.
///
/// LMDB orders single transactions. A fill takes several, and who sweeps must know that no other fill is on its way.
enum FillLock {
    /// Runs `body` once nobody else fills the store in a folder; throws `E-interrupted` when cancelled before.
    static func holding<Result>(
        _ folder: String, _ cancellation: Cancellation, _ body: () throws(TallyError) -> Result
    ) throws(TallyError) -> Result {
        let descriptor = unsafe open(folder + "/fill.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw LMDBFailure.error(errno, .write, path: folder) }
        // Closing the file gives the lock back.
        defer { _ = close(descriptor) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else { throw LMDBFailure.error(code, .write, path: folder) }
            try cancellation.check()
            Pause.briefly()
        }
        return try body()
    }
}
