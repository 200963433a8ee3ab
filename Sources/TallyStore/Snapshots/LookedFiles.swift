// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

package import TallyModel

/// The state of files before a run, to check after its last read that they did not change.
package struct LookedFiles: Sendable, Hashable {
    private struct Look: Hashable {
        let path: String
        let stamp: FileStamp?
        /// The file with its digest; nil when no digest was taken.
        var file: SourceSnapshot.File?
    }

    private let root: String
    private var looks: [Look]
    private var ways: FileWays

    /// Records the state of files before they are read.
    package init(_ paths: [String], root: String) {
        self.root = root
        ways = FileWays(to: paths.map { $0.path(from: root) })
        looks = paths.map { path in
            Look(path: path, stamp: FileStamp(of: path.path(from: root)), file: nil)
        }
    }

    /// Returns the same files with the digests of a snapshot.
    package func with(_ snapshot: SourceSnapshot) -> LookedFiles {
        var files: [[UInt8]: SourceSnapshot.File] = [:]
        for file in snapshot.files { files[Array(file.path.utf8)] = file }
        var looked = self
        for index in looks.indices {
            let path = Array(looks[index].path.utf8)
            // Snapshots call what lies in the repository by its path there.
            let inside = path.starts(with: Array((root + "/").utf8)) ? Array(path.dropFirst(root.utf8.count + 1)) : path
            looked.looks[index].file = files[path] ?? files[inside]
        }
        return looked
    }

    /// Returns these files together with others.
    package func with(_ others: LookedFiles) -> LookedFiles {
        var looked = self
        looked.looks += others.looks
        looked.ways = ways.with(others.ways)
        return looked
    }

    /// Throws `E-conflict` when a file was replaced or written to since, or a folder or a link on the way to one moved.
    ///
    /// Where a stamp does not tell (decision 27), the bytes are read again.
    package func expectUnchanged() throws(TallyError) {
        let snapshotter = Snapshotter(root: root)
        for look in looks {
            var isUnchanged = look.stamp == FileStamp(of: look.path.path(from: root))
            if isUnchanged, let file = look.file, file.stamp.isEmpty { isUnchanged = try snapshotter.isUnchanged(file) }
            guard !isUnchanged else { continue }
            throw TallyError(
                .conflict, "changed while it was read, and nothing of this run counts", subject: look.path,
                help: "let its writer finish, then run the command again")
        }
        if let changed = ways.firstChanged { throw FileWays.moved(changed, root: root) }
    }

    /// Returns the cause of a failed read: that a file changed meanwhile, or else the error itself.
    ///
    /// A reader of a file that is being written may find anything in it.
    package func cause(of error: TallyError) -> TallyError {
        guard error.code != .interrupted else { return error }
        do throws(TallyError) {
            try expectUnchanged()
        } catch {
            if error.code == .conflict { return error }
        }
        return error
    }
}
