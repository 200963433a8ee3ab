// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@Suite struct FileStampTests {
    @Test func `the program is the file that its code was loaded from, be it a library of another program`() {
        let text = """
            5581e000-5581f000 r--p 00000000 fe:00 11 /usr/bin/python3.11
            7f10a000-7f10c000 r-xp 00001000 fe:00 22                         /a folder/_lib/libtally.so
            7f10c000-7f10d000 rw-p 00000000 00:00 0
            7ffd1000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]

            """
        let image = { (address: UInt64) in FileStamp.Image(at: address, in: Array(text.utf8)) }
        #expect(image(0x7F10_A000)?.path == "/a folder/_lib/libtally.so")
        #expect(image(0x7F10_BFFF)?.inode == 22)
        #expect(image(0x5581_E123)?.path == "/usr/bin/python3.11")
        for nowhere: UInt64 in [0, 0x7F10_9FFF, 0x7F10_C800, .max] {
            #expect(image(nowhere) == nil)
        }
    }

    @Test func `a program of its own is known by its own file`() {
        #expect(FileStamp.program != nil)
        #expect(FileStamp.program?.inode == FileStamp(of: "/proc/self/exe")?.inode)
    }
}
