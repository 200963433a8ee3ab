// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A lock that one holder on the machine has at a time; it goes with its value, and with a process that dies.
///
/// The file it lies on is made when it is missing, and stays.
package final class FileLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    // Closing the file gives the lock back.
    deinit { _ = close(descriptor) }

    /// Takes the lock if it is free; nil when it is held, also by this process.
    ///
    /// Any number of holders may share one at a time, which excludes an exclusive one.
    package static func trying(
        _ path: String, isShared: Bool = false, makesFile: Bool = true
    ) throws(OpenFile.Failure) -> FileLock? {
        let flags = O_RDWR | O_CLOEXEC | (makesFile ? O_CREAT : O_NONBLOCK)
        let lock = FileLock(descriptor: try OpenFile.retrying { unsafe open(path, flags, mode_t(0o666)) })
        do throws(OpenFile.Failure) {
            _ = try OpenFile.retrying { flock(lock.descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) }
        } catch {
            guard error.number == EWOULDBLOCK else { throw error }
            return nil
        }
        return lock
    }

    /// Waits for the lock; throws `E-unwritable` when there can be none, and `E-interrupted` once the task is cancelled.
    package static func waiting(for path: String) async throws(TallyError) -> FileLock {
        while true {
            do throws(OpenFile.Failure) {
                if let lock = try trying(path) { return lock }
            } catch {
                throw TallyError(
                    .unwritable, "its lock could not be taken: \(error.message)", subject: path,
                    underlying: error.message)
            }
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else {
                throw TallyError(.interrupted, "was interrupted while another command had the lock", subject: path)
            }
        }
    }
}
