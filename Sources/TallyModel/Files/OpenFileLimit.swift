// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The number of files and connections that the system lets this process have open.
package enum OpenFileLimit {
    /// More is never asked for: some systems allow a thousand million, and work through all of them at times.
    private static let most: rlim_t = 1 << 20

    /// Raises the limit as far as this process may, and tells what it is now; nil where the system does not tell.
    package static func raise() -> Int? {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Returns the number of descriptors in use among those that the system gives out first.
    package static func used() -> Int { (0..<Int32(2_048)).count { fcntl($0, F_GETFD) >= 0 } }
}
