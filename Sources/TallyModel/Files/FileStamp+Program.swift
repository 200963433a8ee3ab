// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension FileStamp {
    /// The stamp of the file that this code was loaded from: the program, or the library inside another program.
    ///
    /// Nil where the system does not tell, or where a library's file was moved since.
    package static var program: FileStamp? {
        let started = FileStamp(of: "/proc/self/exe")
        guard let image, image.inode != started?.inode else { return started }
        return FileStamp(of: image.path)
    }

    /// A file that is mapped into memory.
    package struct Image: Equatable {
        package let path: String
        package let inode: UInt64

        /// Finds the file whose memory holds an address in the text of `/proc/self/maps` (proc_pid_maps(5)).
        package init?(at address: UInt64, in text: [UInt8]) {
            for line in text.split(separator: UInt8(ascii: "\n")) {
                let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map {
                    String(decoding: $0, as: UTF8.self)
                }
                guard fields.count == 6, let inode = UInt64(fields[4]) else { continue }
                let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                guard bounds.count == 2, bounds[0] <= address, address < bounds[1] else { continue }
                path = String(fields[5].drop { $0 == " " })
                self.inode = inode
                return
            }
            return nil
        }
    }

    /// Where this code lies does not change, and the text is long in a process with many libraries.
    private static let image: Image? = {
        let address = UInt64(UInt(bitPattern: #dsohandle))
        return ((try? AtomicFile.read("/proc/self/maps")) ?? nil).flatMap { Image(at: address, in: $0) }
    }()
}
