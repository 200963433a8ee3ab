// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// Which files the footers are of that a database keeps.
///
/// A database that operations share keeps the first footer of each path, so that a file is read as the types that were looked
/// at, whatever has its path meanwhile (decision 0036). A path that another file has, or that was written to, is told here
/// before a statement reads it: then the database is of no use any more, and operations go on in a new one.
final class KeptFooters: Sendable {
    private let stamps = Mutex<[ExactPath: FileStamp]>([:])
    private let copies = Atomic<Int>(0)

    /// Where the paths of our own copies begin, which lead to open files of this process: each has a path of its own.
    static let startOfCopies = "/proc/self/./fd/"

    /// More footers than these are not kept: who has so many gets a new database.
    private static let most = 20_000

    /// Whether there are as many as are kept.
    var isFull: Bool { copies.load(ordering: .relaxed) + stamps.withLock { $0.count } >= Self.most }

    /// Takes files that a statement is to read; gives those that were looked up, or the first that is another one by now.
    ///
    /// What cannot be looked up is not kept either, and no other file ever has the path of a copy.
    func admit(_ files: [String]) -> (seen: [(file: String, stamp: FileStamp)], changed: String?) {
        var seen: [(file: String, stamp: FileStamp)] = []
        for file in files.uniqued(by: { Array($0.utf8) }) {
            if file.begins(with: Self.startOfCopies) {
                copies.add(1, ordering: .relaxed)
                continue
            }
            guard let stamp = FileStamp(of: file) else { continue }
            let known = stamps.withLock { stamps in
                let known = stamps[ExactPath(file)]
                if known == nil { stamps[ExactPath(file)] = stamp }
                return known
            }
            guard known == nil || known == stamp else { return (seen, file) }
            seen.append((file, stamp))
        }
        return (seen, nil)
    }
}
