// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The files that patterns name, with notes on those that are passed over.
public struct FileListing: Sendable, Hashable {
    /// The patterns.
    public let patterns: [String]
    /// The folder where relative patterns start.
    public let root: String
    /// The files, sorted by the bytes of their paths, each once.
    public let files: [String]
    /// Files that would match, but whose name, or a folder of theirs, begins with `_` or `.` and is not named so.
    public let leftOut: [String]
    /// Folders that match where files are meant.
    public let folders: [String]
    /// Links to folders, which `**` does not follow.
    public let links: [String]

    init(
        patterns: [String], root: String, files: [String], leftOut: [String], folders: [String], links: [String]
    ) {
        self.patterns = patterns
        self.root = root
        self.files = Self.sorted(files)
        let seen = Set(files.map { Array($0.utf8) })
        self.leftOut = Self.sorted(leftOut).filter { !seen.contains(Array($0.utf8)) }
        self.folders = Self.sorted(folders)
        self.links = Self.sorted(links)
    }

    /// Names that differ only in Unicode normalisation are different files.
    private static func sorted(_ paths: [String]) -> [String] {
        var last: String?
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.filter { path in
            defer { last = path }
            return last.map { !$0.utf8.elementsEqual(path.utf8) } ?? true
        }
    }

    /// The notes on files that were passed over, one sentence for each reason; none while no file matches at all.
    public var notes: [String] {
        guard !files.isEmpty else { return [] }
        var notes: [String] = []
        if !leftOut.isEmpty {
            notes.append(
                "\(Self.counted(leftOut, "file is", "files are")) left out, since a name on the path begins with '_' or "
                    + "'.' (\(Self.examples(leftOut)))")
        }
        if !folders.isEmpty {
            notes.append(
                "\(Self.counted(folders, "match of the path is a folder", "matches of the path are folders")), not files "
                    + "(\(Self.examples(folders)))")
        }
        if !links.isEmpty {
            notes.append(
                "\(Self.counted(links, "link to a folder is", "links to folders are")) not followed by '**' "
                    + "(\(Self.examples(links)))")
        }
        return notes
    }

    static func counted(_ paths: [String], _ one: String, _ many: String) -> String {
        paths.count == 1 ? "1 \(one)" : "\(paths.count) \(many)"
    }

    static func examples(_ paths: [String]) -> String {
        (paths.first ?? "") + (paths.count > 1 ? " and \(paths.count - 1) more" : "")
    }
}
