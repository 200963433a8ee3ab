// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Glibc)
    internal import Glibc
#endif
internal import NIOCore

/// What the system holds of a connection's answers.
enum SendQueue {
    /// How many bytes the client's system has not taken yet; zero where this one does not tell.
    static func bytes(of channel: any Channel) -> Int {
        #if canImport(Glibc)
            let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { socket in
                var bytes: CInt = 0
                return unsafe ioctl(socket, UInt(TIOCOUTQ), &bytes) == 0 ? Int(bytes) : 0
            }
            return found ?? 0
        #else
            return 0
        #endif
    }
}
