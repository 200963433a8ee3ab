// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The file system's metadata of a file: while the stamp is unchanged and settled, so are the bytes.
///
/// The time of the last change is the system's own and cannot be set back, unlike the time of the last modification. That
/// holds on the file systems that `MountTable` knows; what others say is worth less (decision 0027).
package struct FileStamp: Sendable, Hashable {
    /// The kind of a file.
    package enum Kind: Sendable, Hashable {
        case file
        case folder
        /// A pipe, a socket or a device.
        case other
    }

    /// The kind of the file; links are followed.
    package let kind: Kind
    /// The size in bytes.
    package let size: Int64
    /// The time of the last modification of the bytes, in nanoseconds since 1970-01-01T00:00:00Z.
    ///
    /// Times beyond the years 1677 to 2262 are taken for the ends of these; one of the future is never settled.
    package let modifiedNanoseconds: Int64
    /// The time of the last change of anything, in nanoseconds since 1970-01-01T00:00:00Z.
    package let changedNanoseconds: Int64
    /// The number of the file system that holds the file.
    package let device: UInt64
    /// The number of the file within its file system.
    package let inode: UInt64

    /// Looks a path up, following links; nil when there is nothing to be seen.
    package init?(of path: String) {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        self.init(info)
    }

    /// Looks up what has a path, a link itself where it is one; nil when there is nothing to be seen.
    package init?(ofItself path: String) {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { return nil }
        self.init(info)
    }

    init(_ info: stat) {
        kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        #if canImport(Darwin)
            let (modified, changed) = (info.st_mtimespec, info.st_ctimespec)
        #else
            let (modified, changed) = (info.st_mtim, info.st_ctim)
        #endif
        size = Int64(info.st_size)
        modifiedNanoseconds = Self.nanoseconds(modified)
        changedNanoseconds = Self.nanoseconds(changed)
        device = UInt64(truncatingIfNeeded: info.st_dev)
        inode = UInt64(truncatingIfNeeded: info.st_ino)
    }

    /// Anybody may give a file any date.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (whole, isBeyond) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isOver) = whole.addingReportingOverflow(Int64(time.tv_nsec))
        return isBeyond || isOver ? (time.tv_sec < 0 ? .min : .max) : sum
    }

    /// Whether the file was last changed long enough before an instant for the stamp to tell any later change.
    ///
    /// A file that changed shortly before a look may change again within the file system's clock tick.
    package func isSettled(at now: Timestamp) -> Bool {
        max(modifiedNanoseconds, changedNanoseconds) / 1_000 < now.microseconds - Self.settledAfter.microseconds
    }

    private static let settledAfter = TimeSpan(microseconds: 2_000_000)

    /// Whether the path itself is a link.
    package static func isLink(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether both are of one file or folder, as it was at two times.
    package func isSameFile(as other: FileStamp) -> Bool { device == other.device && inode == other.inode }

    /// All parts, for a digest.
    package var text: String {
        "\(size) \(modifiedNanoseconds) \(changedNanoseconds) \(device) \(inode)"
    }

    /// The name of the file in `/proc/locks`: `MAJOR:MINOR:INODE`, the device in hexadecimal digits.
    package var lockName: String {
        // Linux packs the number of a device so: sys/sysmacros.h.
        let major = (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
        let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
        func hexadecimal(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }
        return "\(hexadecimal(major)):\(hexadecimal(minor)):\(inode)"
    }
}
