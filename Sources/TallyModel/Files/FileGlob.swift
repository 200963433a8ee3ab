// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Lists the files that patterns name, in one place, so that every command and every engine reads the same files.
package enum FileGlob {
    /// The files that patterns name, spelled as the patterns are: relative ones start at `root`.
    ///
    /// `**` sees no links to folders, so that none is read twice and no circle is followed. Throws `E-unreadable` for a folder
    /// that cannot be read, a name that is not UTF-8, a link that leads nowhere and a pipe, a socket or a device in the place of
    /// a file: what they hide would be missing without a word. Throws `E-invalid-data` for files of a table whose log decides which of them count.
    package static func list(_ patterns: [String], root: String) throws(TallyError) -> FileListing {
        var walk = Walk(root: root)
        for pattern in patterns { try walk.follow(GlobPattern(pattern)) }
        let listing = FileListing(
            patterns: patterns, root: root, files: walk.files, leftOut: walk.leftOut, folders: walk.folders,
            links: walk.links)
        try LoggedTable.refuse(listing.files + listing.folders.map { $0 + "/" }, root: root)
        return listing
    }

    /// Returns the pattern that matches exactly one path: `*`, `?` and `[` are in brackets.
    package static func exactly(_ path: String) -> String {
        var pattern = ""
        for character in path.unicodeScalars {
            switch character {
            case "*", "?", "[": pattern += "[\(character)]"
            default: pattern.unicodeScalars.append(character)
            }
        }
        return pattern
    }

    /// The path that a pattern of `exactly` matches; nil for a pattern that may match others.
    package static func exactPath(_ pattern: String) -> String? {
        var path = String.UnicodeScalarView()
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*", "?": return nil
            case "[":
                guard let inner = rest.popFirst(), ["*", "?", "["].contains(inner), rest.popFirst() == "]" else {
                    return nil
                }
                path.append(inner)
            default: path.append(scalar)
            }
        }
        return String(path)
    }

    /// A walk from folder to folder.
    private struct Walk {
        let root: String
        var files: [String] = []
        var leftOut: [String] = []
        var folders: [String] = []
        var links: [String] = []

        /// A folder on the way, empty or with a slash at its end.
        private struct Place {
            let path: String
            /// Whether a name on the way to it is left out, so that what is in it is only counted.
            let isLeftOut: Bool
        }

        init(root: String) { self.root = root }

        mutating func follow(_ pattern: GlobPattern) throws(TallyError) {
            var places = [Place(path: pattern.isAbsolute ? "/" : "", isLeftOut: false)]
            for (index, name) in pattern.names.enumerated() {
                let isLast = index == pattern.names.count - 1
                var next: [Place] = []
                for place in places {
                    switch name {
                    case .literal(let text): try look(at: text, in: place, isLast, &next)
                    case .wild: try look(for: name, in: place, isLast, &next)
                    case .folders:
                        if !isLast { next.append(place) }
                        try descend(place, isLast, &next)
                    }
                }
                places = name == .folders ? Self.once(next) : next
            }
        }

        private mutating func look(
            at name: String, in place: Place, _ isLast: Bool, _ next: inout [Place]
        ) throws(TallyError) {
            guard let kind = FileStamp(of: absolute(place.path + name))?.kind else { return }
            try take(place.path + name, kind, isLeftOut: place.isLeftOut, isLast, &next)
        }

        private mutating func look(
            for name: GlobPattern.Name, in place: Place, _ isLast: Bool, _ next: inout [Place]
        ) throws(TallyError) {
            for entry in try entries(of: place) where name.matches(entry) {
                guard let kind = try kind(of: place.path + entry) else { continue }
                let isLeftOut = place.isLeftOut || name.leavesOut(entry, isFolder: kind == .folder)
                try take(place.path + entry, kind, isLeftOut: isLeftOut, isLast, &next)
            }
        }

        /// All folders below a place, or all files where nothing follows.
        private mutating func descend(_ place: Place, _ isLast: Bool, _ next: inout [Place]) throws(TallyError) {
            for entry in try entries(of: place) {
                let path = place.path + entry
                guard let kind = try kind(of: path) else { continue }
                let isFolder = kind == .folder
                let isLeftOut = place.isLeftOut || GlobPattern.Name.folders.leavesOut(entry, isFolder: isFolder)
                guard isFolder else {
                    if isLast { try take(path, kind, isLeftOut: isLeftOut, isLast, &next) }
                    continue
                }
                guard !FileStamp.isLink(absolute(path)) else {
                    if !isLeftOut { links.append(path) }
                    continue
                }
                let below = Place(path: path + "/", isLeftOut: isLeftOut)
                if !isLast { next.append(below) }
                try descend(below, isLast, &next)
            }
        }

        private mutating func take(
            _ path: String, _ kind: FileStamp.Kind, isLeftOut: Bool, _ isLast: Bool, _ next: inout [Place]
        ) throws(TallyError) {
            switch (kind, isLast) {
            case (.file, true): if isLeftOut { leftOut.append(path) } else { files.append(path) }
            case (.folder, true): if !isLeftOut { folders.append(path) }
            case (.folder, false): next.append(Place(path: path + "/", isLeftOut: isLeftOut))
            case (.other, true):
                guard !isLeftOut else { break }
                throw TallyError(
                    .unreadable, "is a pipe, a socket or a device, and no regular file", subject: path,
                    help: "put a file in its place, or write a path that does not name it")
            case (.file, false), (.other, false): break
            }
        }

        /// Each place once, and seen where one way to it leaves nothing out.
        private static func once(_ places: [Place]) -> [Place] {
            let seen = Set(places.filter { !$0.isLeftOut }.map { Array($0.path.utf8) })
            var taken = Set<[UInt8]>()
            return places.filter { place in
                let path = Array(place.path.utf8)
                return seen.contains(path) == !place.isLeftOut && taken.insert(path).inserted
            }
        }

        /// Returns the kind of file that has a name in a folder; nil when it vanished meanwhile.
        private func kind(of path: String) throws(TallyError) -> FileStamp.Kind? {
            if let stamp = FileStamp(of: absolute(path)) { return stamp.kind }
            guard FileStamp.isLink(absolute(path)) else { return nil }
            throw TallyError(
                .unreadable, "is a link that leads nowhere", subject: path,
                help: "remove it, or bring what it leads to; what it hides would be missing")
        }

        private func entries(of place: Place) throws(TallyError) -> [String] {
            let path = place.path.isEmpty ? root : absolute(place.path)
            do throws(OpenFile.Failure) {
                return try FileName.entries(in: path)
            } catch {
                if error.isMissing { return [] }
                throw TallyError(
                    .unreadable, "the folder could not be read: \(error.message)",
                    subject: place.path.isEmpty ? root : place.path,
                    help: "give this program the right to read it, or a narrower path", underlying: error.message)
            }
        }

        private func absolute(_ path: String) -> String {
            path.utf8.first == UInt8(ascii: "/") ? path : root + "/" + path
        }
    }
}
