// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@Suite struct MountTableTests {
    private let folder: TemporaryFolder
    private let stamp: FileStamp

    init() throws {
        folder = try TemporaryFolder("mount table")
        try folder.write("x", to: "a/x")
        stamp = try #require(FileStamp(of: folder.path + "/a/x"))
    }

    private func keeps(_ lines: String...) -> Bool {
        MountTable(text: Array(lines.joined(separator: "\n").utf8))
            .keepsTimesOfChange(of: folder.path + "/a/x", stamp)
    }

    private func line(_ point: String, _ kind: String, device: String = "0:0") -> String {
        "36 35 \(device) / \(point.replacing(" ", with: "\\040")) rw,noatime master:1 - \(kind) /dev/root rw"
    }

    @Test func `local file systems are relied on, and no others`() {
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "overlay"] { #expect(keeps(line("/", kind)), "\(kind)") }
        for kind in ["vfat", "exfat", "nfs4", "cifs", "9p", "fuse.sshfs", "virtiofs", "ext4x", ""] {
            #expect(!keeps(line("/", kind)), "\(kind)")
        }
        #expect(!keeps() && !keeps("nonsense") && !keeps(line("/elsewhere", "ext4")))
    }

    @Test func `the nearest mount tells, and of two at one place the later one`() {
        let path = FileName.resolved(folder.path)
        #expect(!keeps(line("/", "ext4"), line(path, "nfs4")))
        #expect(keeps(line(path, "ext4"), line("/", "nfs4"), line(path + "/b", "nfs4"), line(path + "/a/xy", "nfs4")))
        #expect(!keeps(line(path, "ext4"), line(path, "nfs4")))
        #expect(keeps(line(path, "nfs4"), line(path, "ext4")))
    }

    @Test func `a device that is listed tells before any path`() {
        let number = stamp.device
        let major = (number >> 8 & 0xFFF) | (number >> 32 & 0xFFFF_F000)
        let minor = (number & 0xFF) | (number >> 12 & 0xFFFF_FF00)
        #expect(keeps(line("/", "nfs4"), line("/elsewhere", "ext4", device: "\(major):\(minor)")))
        #expect(!keeps(line("/", "ext4"), line("/elsewhere", "vfat", device: "\(major):\(minor)")))
    }
}
