// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The files that users' queries name, as they were before anything of them was looked at.
struct QueriedFiles: Sendable {
    private let root: String
    private let paths: [String]
    private let looks: [(file: String, stamp: FileStamp?)]
    /// The folders and links on the way to them.
    private var ways: FileWays
    /// Files that DuckDB found behind the paths.
    private var found: [(file: String, stamp: FileStamp?)] = []

    /// Looks at what paths and patterns name now.
    init(_ paths: [String], root: String) {
        self.root = root
        self.paths = paths
        looks = Self.look(at: paths, root)
        ways = FileWays(to: looks.map { $0.file.path(from: root) })
    }

    /// Takes files that DuckDB found behind the paths: patterns of its own name more than ours.
    mutating func add(_ files: [String]) {
        ways = ways.with(FileWays(to: files))
        found += files.map { ($0, FileStamp(of: $0)) }
    }

    private static func look(at paths: [String], _ root: String) -> [(file: String, stamp: FileStamp?)] {
        // What cannot be listed is nothing here: DuckDB says what is wrong with it.
        paths.flatMap { path in (try? FileGlob.list([path], root: root).files) ?? [] }
            .map { ($0, FileStamp(of: $0.path(from: root))) }
    }

    /// What is said when a file is another one by now, was written to, came or went; nil when all are what they were.
    ///
    /// Whoever reads a file while another writes to it may find anything in it, and is told anything by DuckDB.
    var conflict: TallyError? {
        let now = Self.look(at: paths, root)
        let listed =
            now.count == looks.count
            ? zip(looks, now).first { !$0.file.isSame(as: $1.file) || $0.stamp != $1.stamp }?.0.file
            : (now.count > looks.count ? now : looks).first { one in
                !(now.count > looks.count ? looks : now).contains { $0.file.isSame(as: one.file) }
            }?.file
        // Files of a folder are in no list of paths: DuckDB found them.
        guard let changed = listed ?? found.first(where: { $0.stamp != FileStamp(of: $0.file) })?.file else {
            return ways.firstChanged.map { FileWays.moved($0, root: root) }
        }
        return .changedMeanwhile(changed, root: root)
    }
}

extension TallyError {
    /// What is said of a file that changed while it was read.
    static func changedMeanwhile(_ file: String, root: String) -> TallyError {
        let home = FileName.resolved(root) + "/"
        return TallyError(
            .conflict, "changed while it was read, and nothing of this run counts",
            subject: file.begins(with: home)
                ? String(decoding: file.utf8.dropFirst(home.utf8.count), as: UTF8.self) : file,
            help: "let its writer finish, then run the command again")
    }
}
