// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The free space of a file system.
package enum DiskSpace {
    /// The bytes that this process may still write where a path lies; nil where the system does not tell.
    package static func free(at path: String) -> Int64? {
        var info = statvfs()
        guard unsafe statvfs(path, &info) == 0 else { return nil }
        let (bytes, isBeyond) = UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize))
        return isBeyond ? .max : Int64(clamping: bytes)
    }
}
