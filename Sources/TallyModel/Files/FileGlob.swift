// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Paths and globs, looked up without an engine, with the engine's answer or none.
package enum FileGlob {
    /// The files that a pattern names, relative to `root` as the pattern is; in no order.
    ///
    /// `*` and `?` match within a name, by bytes, also a leading dot; `**` as a whole name stands for any number of folders,
    /// and sees no links. Nil for what only the engine can tell: other special characters, empty names and `.`, a folder
    /// where the last name stands, and matches that are neither files nor folders.
    package static func files(matching pattern: String, root: String) -> [String]? {
        var names = pattern.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        var start = ""
        if names.first == "" {
            names.removeFirst()
            start = "/"
        }
        guard !names.isEmpty, names.allSatisfy(isPlain), names.count(where: { $0 == "**" }) <= 1,
            names.first?.first != "~"
        else {
            return nil
        }
        let walk = Walk(base: start.isEmpty ? root + "/" : "")
        var found = [start]
        for (index, name) in names.enumerated() {
            let kind: FileStamp.Kind = index == names.count - 1 ? .file : .folder
            var next: [String] = []
            for folder in found {
                guard let matches = walk.matches(name, in: folder, kind) else { return nil }
                next += matches
            }
            found = next
        }
        return found
    }

    /// The pattern that matches exactly one path: `*`, `?` and `[` stand in brackets.
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

    /// Whether a name means the same to everybody.
    private static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty, name != ".", !name.utf8.contains(where: { "[]{}\\:".utf8.contains($0) }) else {
            return false
        }
        return name == "**" || !hasAdjacentStars(name)
    }

    private static func hasAdjacentStars(_ name: String) -> Bool {
        zip(name.utf8, name.utf8.dropFirst()).contains { $0 == UInt8(ascii: "*") && $1 == UInt8(ascii: "*") }
    }

    /// A walk from folder to folder; folders are empty or end with a slash.
    private struct Walk {
        let base: String

        /// What in a folder has a name and is of a kind, folders with a slash at the end; nil for what cannot be told.
        func matches(_ name: String, in folder: String, _ kind: FileStamp.Kind) -> [String]? {
            if name == "**" {
                var found = kind == .folder ? [folder] : []
                return descend(folder, kind, into: &found) ? found : nil
            }
            guard name.utf8.contains(where: { "*?".utf8.contains($0) }) else {
                guard let stamp = FileStamp(of: base + folder + name) else { return [] }
                if stamp.kind == .other || (stamp.kind == .folder && kind == .file) { return nil }
                return stamp.kind == kind ? [spelled(folder + name, kind)] : []
            }
            var found: [String] = []
            for entry in FileName.names(in: path(folder)) where unsafe fnmatch(name, entry, 0) == 0 {
                guard let stamp = FileStamp(of: base + folder + entry), stamp.kind != .other else { return nil }
                if stamp.kind == kind { found.append(spelled(folder + entry, kind)) }
            }
            return found
        }

        /// Adds all that is of a kind below a folder; false for what cannot be told.
        private func descend(_ folder: String, _ kind: FileStamp.Kind, into found: inout [String]) -> Bool {
            for entry in FileName.names(in: path(folder)) where !FileStamp.isLink(base + folder + entry) {
                guard let stamp = FileStamp(of: base + folder + entry), stamp.kind != .other else { return false }
                if stamp.kind == kind { found.append(spelled(folder + entry, kind)) }
                if stamp.kind == .folder, !descend(spelled(folder + entry, .folder), kind, into: &found) {
                    return false
                }
            }
            return true
        }

        private func spelled(_ path: String, _ kind: FileStamp.Kind) -> String { kind == .folder ? path + "/" : path }

        private func path(_ folder: String) -> String {
            let path = base + folder
            return path.isEmpty ? "." : path
        }
    }
}
