// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The folder in which a source's rows are remembered: records of what its files held, and files of rows that stand in for
/// a file whose rows are not equally old.
///
/// Every file in it is named by its content, with a number where another one has the same, and never changed; what a snapshot names is kept as long as that snapshot, or
/// the one behind it, is the latest.
struct HistoryFolder {
    /// The repository's folder.
    let root: String
    /// The source's folder, relative to the repository.
    let path: String

    /// The folder of all sources, relative to the repository.
    static let parent = ".tally/history"
    private static let incoming = "incoming-"

    init(root: String, source: String) {
        self.root = root
        path = Self.parent + "/" + source
    }

    /// Waits for the exclusive right to compare the source's rows.
    func lock() async throws(TallyError) -> FileLock {
        try makeFolder(path)
        return try await FileLock.waiting(for: "\(root)/\(path)/lock")
    }

    /// A new path for a file that is being written, in folders below; its folder is made.
    func incoming(_ ending: String, below: String = "") throws(TallyError) -> String {
        let folder = below.isEmpty ? path : path + "/" + below
        try makeFolder(folder)
        return "\(folder)/\(Self.incoming)\(FileName.processNumber)-\(AtomicFile.nextSerial()).\(ending)"
    }

    /// Gives a file that was written the name of its content, and returns it as it is now.
    func keep(_ written: String, as name: String) throws(TallyError) -> SeenRows.MadeFile {
        let digest = try Snapshotter(root: root).digest(ofFile: written)
        let folder = FileName.folder(of: written)
        let ending = written.parts(by: ".").last.map { String($0) } ?? ""
        // Two files may hold the same rows, each of which counts.
        var kept = "\(folder)/\(name)-\(digest.short).\(ending)"
        var number = 1
        while FileName.exists(root + "/" + kept) {
            number += 1
            kept = "\(folder)/\(name)-\(digest.short)-\(number).\(ending)"
        }
        do throws(OpenFile.Failure) {
            try FileName.rename(root + "/" + written, to: root + "/" + kept)
        } catch {
            throw TallyError(
                .unwritable, "could not be put in its place: \(error.message)", subject: kept,
                help: "check that .tally is writable", underlying: error.message)
        }
        let stamp = FileStamp(of: root + "/" + kept)
        return SeenRows.MadeFile(path: kept, size: stamp?.size ?? 0, digest: digest, stamp: stamp?.text ?? "")
    }

    /// Removes what a killed command left unfinished; the caller holds the lock.
    func sweepUnfinished() { sweep(path) { $0.parts(by: "/").last?.hasPrefix(Self.incoming) ?? false } }

    /// Removes what is named by none of the snapshots, as nobody reads it any more.
    func sweep(keeping snapshots: [SourceSnapshot]) {
        let kept = Set(snapshots.flatMap { $0.files.flatMap { $0.rows?.files ?? [] } }.map { ExactPath($0.path) })
        sweep(path) { !kept.contains(ExactPath($0)) }
    }

    private func sweep(_ folder: String, _ isLeft: (String) -> Bool) {
        for name in FileName.names(in: root + "/" + folder) where name != "lock" {
            let file = folder + "/" + name
            if FileName.isFolder(root + "/" + file) {
                sweep(file, isLeft)
            } else if isLeft(file) {
                FileName.remove(root + "/" + file)
            }
        }
    }

    /// Whether a file that was made is there, as it was written.
    static func isWhole(_ file: SeenRows.MadeFile, root: String) throws(TallyError) -> Bool {
        guard FileName.exists(root + "/" + file.path) else { return false }
        return try Snapshotter(root: root).isUnchanged(file.seen(nil))
    }

    /// The error for a file of the folder that is missing or not what was written.
    static func damaged(_ path: String) -> TallyError {
        TallyError(
            .corrupt, "is missing, or not what was written; it tells since when a source holds its rows", subject: path,
            help: "restore the folder .tally from a backup")
    }

    private func makeFolder(_ folder: String) throws(TallyError) {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(root + "/" + folder)
        } catch {
            throw TallyError(
                .unwritable, "the folder could not be made: \(error.message)", subject: folder,
                help: "check that .tally is writable", underlying: error.message)
        }
    }
}
