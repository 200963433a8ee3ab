// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The folders and files that SQL of users may read, as DuckDB is told of them: it knows no exceptions from a folder.
///
/// A folder with something withheld in it is given entry by entry. Links are never followed here: what they lead to may be
/// read where its own path may be, and DuckDB looks at the path behind all links too.
struct ReadableFiles {
    /// Folders that may be read with all that is in them.
    private(set) var folders: [String] = []
    /// Files that may be read beside them.
    private(set) var files: [String] = []
    /// Folders of which only some entries may be read.
    private var listed: [String] = []
    private let withheld: [String]
    /// The repository's folder, behind all links.
    private let home: String

    /// Looks at the folders as they are now.
    init(_ access: QueryAccess, root: String) {
        let home = FileName.resolved(root)
        func place(_ path: String) -> String {
            let path = path.path(from: home)
            return FileName.place(of: path) ?? path
        }
        self.home = home
        withheld = access.withheld.map(place)
        for path in access.readable { take(place(path)) }
    }

    private mutating func take(_ path: String) {
        guard !isWithheld(path) else { return }
        switch FileStamp(of: path)?.kind {
        case .file: return files.append(path)
        case .other: return
        case .folder, nil: break
        }
        guard path.isSame(as: home) || withheld.contains(where: { Self.isInside($0, path) }) else {
            return folders.append(path)
        }
        listed.append(path)
        for name in FileName.names(in: path) {
            let entry = Self.entry(name, of: path)
            guard isOffered(name, of: path), FileName.resolved(entry).isSame(as: entry) else { continue }
            take(entry)
        }
    }

    /// What has to be named besides, so that a path or pattern of a query that is not there yet is told from one that is
    /// refused; nil when nothing has.
    ///
    /// A pattern only says where DuckDB looks: each file that it opens is looked at by itself.
    func exception(for path: String) -> (path: String, isPattern: Bool)? {
        let parts = path.parts(by: "/")
        guard !parts.contains("..") else { return nil }
        var folder = "/"
        for part in parts {
            // What is a pattern only to be spelled is a name.
            let name = FileGlob.exactPath(part)
            let next = name.map { Self.entry($0, of: folder) }
            guard let next, FileStamp(of: next) != nil else {
                let folder = FileName.resolved(folder)
                guard listed.contains(where: { $0.isSame(as: folder) }), isOffered(name ?? part, of: folder) else {
                    return nil
                }
                return (path, parts.contains { FileGlob.exactPath($0) == nil })
            }
            folder = next
        }
        return nil
    }

    /// Whether an entry of a folder may be read that is given entry by entry.
    private func isOffered(_ name: String, of folder: String) -> Bool {
        if folder.isSame(as: home), name.utf8.first == UInt8(ascii: ".") { return false }
        return !isWithheld(Self.entry(name, of: folder))
    }

    /// Whether a path is withheld, by itself, by a folder above it, or as what a database writes beside its file.
    private func isWithheld(_ path: String) -> Bool {
        withheld.contains { Self.isInside(path, $0) || path.begins(with: $0 + "-") }
    }

    private static func isInside(_ path: String, _ folder: String) -> Bool {
        path.isSame(as: folder) || path.begins(with: folder.isSame(as: "/") ? folder : folder + "/")
    }

    private static func entry(_ name: String, of folder: String) -> String {
        folder.isSame(as: "/") ? "/" + name : folder + "/" + name
    }
}
