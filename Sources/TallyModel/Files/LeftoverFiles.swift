// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Files that programs leave behind which were killed while they wrote.
package struct LeftoverFiles: Sendable {
    /// Their paths below the folder that was looked through, sorted.
    package private(set) var paths: [String] = []
    /// The sum of the files' sizes in bytes.
    package private(set) var bytes: Int64 = 0
    /// Whether the search stopped before it had seen everything.
    package private(set) var isCut = false

    private static let mostEntries = 100_000
    private static let deepest = 8

    /// Searches a folder and those below it, except for links and names that begin with a dot; `.tally` is searched.
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
                guard name == ".tally" || name.utf8.first != UInt8(ascii: ".") else { continue }
                guard depth < Self.deepest else {
                    isCut = true
                    continue
                }
                look(path, prefix + name + "/", depth + 1, &budget)
            case .file:
                guard Self.isLeft(name) else { continue }
                paths.append(prefix + name)
                let (sum, isBeyond) = bytes.addingReportingOverflow(stamp.size)
                bytes = isBeyond ? .max : sum
            case .other: continue
            }
        }
    }

    /// Whether a name is one that is given while a file is written, by a process that is gone: `NAME.partial-PROCESS-NUMBER`
    /// or `scratch-PROCESS-NUMBER`.
    static func isLeft(_ name: String) -> Bool { writer(of: name).map { !FileName.isRunning($0) } ?? false }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// The process that gave a file its name while it writes it; nil for any other name.
    private static func writer(of name: String) -> Int32? {
        let mark: String
        if let range = name.ranges(of: ".partial-").last, range.lowerBound != name.startIndex {
            mark = String(name[range.upperBound...])
        } else if name.hasPrefix("scratch-") {
            mark = String(name.dropFirst("scratch-".count))
        } else {
            return nil
        }
        let numbers = mark.split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy(isNumber),
            let process = Int32(numbers[0]), process > 0
        else { return nil }
        return process
    }
}

extension LeftoverFiles {
    /// Removes the files that killed writers of a file left beside it, whose names begin with its name and a dot.
    ///
    /// Only regular files go whose name a writer gives, whose writer is gone, and that nobody has locked: a writer in another
    /// container, whose number means nothing here, holds a lock. Returns the names of what is gone.
    @discardableResult
    package static func sweep(beside path: String) -> [String] {
        let folder = FileName.folder(of: path)
        guard let name = path.parts(by: "/").last else { return [] }
        let start = Array("\(name).".utf8)
        return FileName.names(in: folder).filter { $0.utf8.starts(with: start) && remove(folder + "/" + $0, named: $0) }
    }

    /// Removes what killed runs left in a folder that is ours alone, and in those below it; returns their paths in there.
    @discardableResult
    package static func sweep(in folder: String) -> [String] {
        LeftoverFiles(in: folder).paths.filter { path in
            path.parts(by: "/").last.map { remove(folder + "/" + path, named: $0) } ?? false
        }
    }

    private static func remove(_ path: String, named name: String) -> Bool {
        guard isLeft(name), !FileStamp.isLink(path), FileStamp(of: path)?.kind == .file,
            let lock = (try? FileLock.trying(path, makesFile: false)) ?? nil
        else { return false }
        defer { withExtendedLifetime(lock) {} }
        FileName.remove(path)
        return !FileName.exists(path)
    }
}
