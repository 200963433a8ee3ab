// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Waiting for something that another process is about to finish.
package enum Pause {
    /// Blocks the thread for a hundredth of a second.
    package static func briefly() {
        _ = usleep(10_000)
    }
}
