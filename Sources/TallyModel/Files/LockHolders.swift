// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The processes that hold locks on files, as far as the system reports them.
package enum LockHolders {
    /// Returns the holders of locks on any of the files, such as `sqlite3 (process 4711)`, without this process; empty
    /// when none can be found.
    package static func of(_ paths: [String]) -> [String] {
        let inodes = Set(paths.compactMap { FileStamp(of: $0)?.lockName })
        guard !inodes.isEmpty, let bytes = (try? AtomicFile.read("/proc/locks")) ?? nil else { return [] }
        return processes(String(decoding: bytes, as: UTF8.self), on: inodes)
            .filter { $0 != FileName.processNumber }.map { process in
                let name = ((try? AtomicFile.read("/proc/\(process)/comm")) ?? nil)
                    .map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
                return name.map { "\($0) (process \(process))" } ?? "process \(process)"
            }
    }

    /// The processes in the text of `/proc/locks` with a lock on one of the inodes, each once.
    ///
    /// A line looks like `1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF`; one that waits has `->` behind its number.
    static func processes(_ text: String, on inodes: Set<String>) -> [Int32] {
        var found: [Int32] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] != "->", let process = Int32(words[4]), process > 0,
                inodes.contains(String(words[5])), !found.contains(process)
            else { continue }
            found.append(process)
        }
        return found
    }
}
