// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The folders and links on the way to files, as they were at a look.
///
/// A folder that is moved away while files in it are read, with another one in its place, and is put back before the end
/// leaves no trace at its files, but at itself: it has another time of change. So has a folder in which something comes or
/// goes, but then the time of its last modification is that very instant, and the way through it is the same.
package struct FileWays: Sendable, Hashable {
    /// A folder or a link, by a path behind all links above it.
    private struct Step: Sendable, Hashable {
        let path: String
        let stamp: FileStamp
        /// The path that a link holds; nil for a folder.
        let target: String?

        /// Whether nothing was done to it.
        var isUnchanged: Bool { FileStamp(ofItself: path) == stamp }

        /// Whether something else has the path by now.
        var isAnother: Bool {
            guard let now = FileStamp(ofItself: path) else { return true }
            guard let target else { return now.kind != .folder || !now.isSameFile(as: stamp) }
            return !FileName.target(ofLink: path).isSame(as: target)
        }

        /// Whether it was moved, or changed itself: by what comes and goes in it a folder gets both times at once.
        func wasMoved(_ mounts: MountTable) -> Bool {
            guard let now = FileStamp(ofItself: path) else { return true }
            if target == nil {
                let isOfEntries = now.changedNanoseconds == now.modifiedNanoseconds
                if isOfEntries || now.changedNanoseconds == stamp.changedNanoseconds { return false }
            }
            return mounts.tellsMoves(of: path, now)
        }
    }

    private var steps: [Step] = []
    private var seen = Set<ExactPath>()

    /// More links than that on one way are a circle.
    private static let mostLinks = 40

    /// Looks at the ways from `/` to files, each by its path from there on.
    package init(to files: [String]) {
        var folders = Set<ExactPath>()
        for file in files {
            let folder = FileName.folder(of: file)
            if folders.insert(ExactPath(folder)).inserted { walk(folder, links: 0) }
            if FileStamp.isLink(file) { walk(file, links: 0) }
        }
    }

    /// The error for a folder or a link that changed, as `E-conflict`; a path in the repository is told from there on.
    package static func moved(_ path: String, root: String) -> TallyError {
        TallyError(
            .conflict,
            "was moved, or got other rights, while files behind it were read, and nothing of this run counts",
            subject: path.behind(FileName.resolved(root) + "/") ?? path,
            help: "leave the folder where it is while it is read, then run the command again")
    }

    /// Returns these ways together with others.
    package func with(_ others: FileWays) -> FileWays {
        var ways = self
        for step in others.steps where ways.seen.insert(ExactPath(step.path)).inserted { ways.steps.append(step) }
        return ways
    }

    /// The first folder or link, from `/` on, that is another one by now, was moved or got other rights; nil where none was.
    ///
    /// On file systems whose times of change are not relied on, only another folder in the place of one is seen.
    package var firstChanged: String? {
        var mounts: MountTable?
        for step in steps where !step.isUnchanged {
            let table = mounts ?? MountTable()
            mounts = table
            // The two times of a folder are not read at one instant: what somebody writes in it just now is looked at again.
            guard step.isAnother || step.wasMoved(table) && step.wasMoved(table) else { continue }
            return step.path
        }
        return nil
    }

    /// Notes each folder and each link on the way, and those on the ways that links lead.
    private mutating func walk(_ path: String, links: Int) {
        var place = ""
        note("/")
        let path = path.isAbsolutePath ? path : FileName.resolved(".") + "/" + path
        var rest = path.parts(by: "/")[...]
        while let name = rest.popFirst() {
            if name.isEmpty || name.isSame(as: ".") { continue }
            if name.isSame(as: "..") {
                let above = FileName.folder(of: place.isEmpty ? "/" : place)
                place = above.isSame(as: "/") ? "" : above
                continue
            }
            let next = place + "/" + name
            // What is open in a process is found anew each time.
            if next.isSame(as: "/proc") { return }
            guard FileStamp.isLink(next) else {
                guard note(next) else { return }
                place = next
                continue
            }
            guard links < Self.mostLinks, let target = FileName.target(ofLink: next) else { return }
            note(next, target: target)
            let start = target.utf8.first == UInt8(ascii: "/") ? "" : place
            return walk(([start + "/" + target] + rest).joined(separator: "/"), links: links + 1)
        }
    }

    /// Notes what has a path; false for what is no folder, where a way ends.
    @discardableResult
    private mutating func note(_ path: String, target: String? = nil) -> Bool {
        guard let stamp = FileStamp(ofItself: path), target != nil || stamp.kind == .folder else { return false }
        if seen.insert(ExactPath(path)).inserted { steps.append(Step(path: path, stamp: stamp, target: target)) }
        return true
    }
}
