// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The mounted file systems, of which only some have reliable times of change.
///
/// Linux lists them in `/proc/self/mountinfo` (proc_pid_mountinfo(5)); where nothing is listed, nothing is relied on.
package struct MountTable: Sendable {
    private struct Mount {
        let point: [UInt8]
        let kind: String
    }

    private var kinds: [UInt64: String] = [:]
    private var mounts: [Mount] = []

    /// The local file systems that set the time of change at every change and let no program set it.
    ///
    /// FAT has no such time, and over a network or in user space anything may answer.
    private static let keeping: Set<String> = [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "ramfs", "overlay", "zfs", "bcachefs",
    ]

    /// Reads the table of this machine.
    package init() {
        self.init(text: (try? AtomicFile.read("/proc/self/mountinfo")).flatMap { $0 } ?? [])
    }

    /// Reads the text of a table.
    package init(text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 6, let dash = fields.firstIndex(of: [UInt8(ascii: "-")]), dash + 1 < fields.count
            else {
                continue
            }
            let kind = String(decoding: fields[dash + 1], as: UTF8.self)
            let numbers = fields[2].split(separator: UInt8(ascii: ":")).compactMap {
                UInt64(String(decoding: $0, as: UTF8.self))
            }
            if numbers.count == 2 { kinds[Self.device(numbers[0], numbers[1])] = kind }
            mounts.append(Mount(point: Self.unescaped(fields[4]), kind: kind))
        }
    }

    /// Whether the stamp of a file tells each of its changes.
    package func keepsTimesOfChange(of path: String, _ stamp: FileStamp) -> Bool {
        kind(of: path, stamp).map(Self.keeping.contains) ?? false
    }

    /// Whether the time of change of a folder tells that it was moved, and else changes only when something in it comes or
    /// goes or when somebody changes the folder itself.
    ///
    /// A folder of layers gets a new one when the first file below it is written: it is copied to the upper layer.
    package func tellsMoves(of path: String, _ stamp: FileStamp) -> Bool {
        kind(of: path, stamp).map { Self.keeping.contains($0) && $0 != "overlay" } ?? false
    }

    /// The kind of the file system that a file lies in; nil where it is not known.
    private func kind(of path: String, _ stamp: FileStamp) -> String? {
        if let kind = kinds[stamp.device] { return kind }
        // A part of a Btrfs or of layers has a number of its own, and the nearest mount tells what it is.
        let place = Array(FileName.resolved(path).utf8)
        var nearest: Mount?
        for mount in mounts where Self.contains(mount.point, place) {
            // Of two mounts at one place the later one lies on top.
            if mount.point.count >= nearest?.point.count ?? 0 { nearest = mount }
        }
        return nearest?.kind
    }

    private static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        guard path.starts(with: folder) else { return false }
        return folder.last == slash || path.count == folder.count || path[folder.count] == slash
    }

    /// The number that `stat` gives (makedev(3)).
    private static func device(_ major: UInt64, _ minor: UInt64) -> UInt64 {
        (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
    }

    /// Returns a path with blanks and backslashes, which the table writes as `\` and three octal digits.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"),
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            else {
                plain.append(byte)
                continue
            }
            plain.append(code)
            rest = rest.dropFirst(3)
        }
        return plain
    }
}
