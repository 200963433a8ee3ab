// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A path or glob that is read, to be compared with files that are to be written.
struct OutputPattern {
    private let start: String
    private let names: [String]

    /// Deeper folders than this are behind a link that leads back up.
    private static let deepest = 32

    /// A pattern relative to `root`, or an absolute one.
    init(_ pattern: String, in root: String) {
        start = pattern.isAbsolutePath ? "/" : root + "/"
        names = pattern.parts(by: "/").filter { $0 != "." }
    }

    /// Whether the pattern reads a file, which need not be there yet; `path` is resolved, `identity` what it is now.
    ///
    /// Links are followed, but not below `**`.
    func reads(_ path: String, _ identity: FileIdentity?) -> Bool {
        guard let name = path.parts(by: "/").last,
            let folder = FileIdentity(of: FileName.folder(of: path))
        else { return false }
        return reads(Target(name: name, folder: folder, identity: identity), names[...], in: start, depth: 0)
    }

    private struct Target {
        let name: String
        let folder: FileIdentity
        let identity: FileIdentity?
    }

    private func reads(_ target: Target, _ names: ArraySlice<String>, in folder: String, depth: Int) -> Bool {
        guard let first = names.first, depth < Self.deepest else { return false }
        let rest = names.dropFirst()
        if first == "**" {
            if reads(target, rest.isEmpty ? ["*"] : rest, in: folder, depth: depth) { return true }
            // As with the engines, `**` sees no links: two that lead back up would be walked for ever.
            return folders(in: folder, named: "*").contains {
                !FileStamp.isLink(String(decoding: $0.utf8.dropLast(), as: UTF8.self))
                    && reads(target, names, in: $0, depth: depth + 1)
            }
        }
        guard rest.isEmpty else {
            return folders(in: folder, named: first).contains { reads(target, rest, in: $0, depth: depth + 1) }
        }
        if FileIdentity(of: folder) == target.folder, Self.matches(target.name, first) { return true }
        guard let identity = target.identity else { return false }
        let found = Self.isPlain(first) ? [first] : FileName.names(in: folder).filter { Self.matches($0, first) }
        return found.contains { FileIdentity(of: folder + $0) == identity }
    }

    private func folders(in folder: String, named pattern: String) -> [String] {
        let found =
            Self.isPlain(pattern) ? [pattern] : FileName.names(in: folder).filter { Self.matches($0, pattern) }
        return found.map { folder + $0 }.filter { FileStamp(of: $0)?.kind == .folder }.map { $0 + "/" }
    }

    private static func isPlain(_ name: String) -> Bool { !name.utf8.contains { "*?[".utf8.contains($0) } }

    private static func matches(_ name: String, _ pattern: String) -> Bool {
        isPlain(pattern)
            ? name.utf8.elementsEqual(pattern.utf8) : FileName.matches(name, pattern: pattern)
    }
}
