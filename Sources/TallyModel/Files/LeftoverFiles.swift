// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Files that programs leave behind which were killed while they wrote.
package struct LeftoverFiles: Sendable {
    /// Their paths below the folder that was looked through, sorted.
    package private(set) var paths: [String] = []
    /// Their bytes.
    package private(set) var bytes: Int64 = 0
    /// Whether there was more to look through than is looked through.
    package private(set) var isCut = false

    private static let mostEntries = 100_000
    private static let deepest = 8

    /// Looks through a folder and those in it, but for links and for those whose name begins with a dot, `.tally` excepted.
    package init(in root: String) {
        var budget = Self.mostEntries
        look(root, "", 0, &budget)
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func look(_ folder: String, _ prefix: String, _ depth: Int, _ budget: inout Int) {
        for name in FileName.names(in: folder) {
            guard budget > 0 else {
                isCut = true
                return
            }
            budget -= 1
            let path = folder + "/" + name
            guard !FileStamp.isLink(path), let stamp = FileStamp(of: path) else { continue }
            switch stamp.kind {
            case .folder:
                guard name == ".tally" || !name.hasPrefix(".") else { continue }
                guard depth < Self.deepest else {
                    isCut = true
                    continue
                }
                look(path, prefix + name + "/", depth + 1, &budget)
            case .file:
                guard Self.isLeft(name) else { continue }
                paths.append(prefix + name)
                bytes += stamp.size
            case .other: continue
            }
        }
    }

    /// Whether a name is one that is given while a file is written, by a process that is gone: `NAME.partial-PROCESS-NUMBER`.
    static func isLeft(_ name: String) -> Bool {
        for mark in ["partial-", "scratch-"] {
            guard let range = name.ranges(of: mark).last, range.lowerBound == name.startIndex || mark == "partial-"
            else {
                continue
            }
            let numbers = name[range.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
            guard numbers.count >= 2, let process = Int32(numbers[0]), process > 0, Int(numbers[1]) != nil else {
                continue
            }
            return !FileName.isRunning(process)
        }
        return false
    }
}
