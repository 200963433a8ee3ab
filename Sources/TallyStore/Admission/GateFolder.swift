// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Where the gate keeps what it decided about one table's files, and the rows that it set aside.
struct GateFolder {
    /// The repository's folder.
    let root: String
    /// The table's folder, relative to the repository.
    let path: String

    /// The folder of everything that was set aside, relative to the repository.
    static let parent = ".tally/quarantine"

    init(root: String, table: String) {
        self.root = root
        path = Self.parent + "/" + table
    }

    private func verdictPath(_ digest: Fingerprint) -> String { "\(root)/\(path)/verdicts/\(digest.hex).json" }

    /// What was decided about a file's bytes; nil when they never entered.
    ///
    /// Throws `E-corrupt` for a verdict that cannot be read: a file is never judged anew in silence.
    func verdict(_ digest: Fingerprint) throws(TallyError) -> GateVerdict? {
        guard let bytes = try AtomicFile.read(verdictPath(digest)) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let json = try? JSON(parsing: text), let verdict = GateVerdict(json: json), verdict.digest == digest
        else {
            throw TallyError(
                .corrupt, "the verdict on a file cannot be read", subject: verdictPath(digest),
                help: "restore it from a backup, or delete it to have the file judged again")
        }
        return verdict
    }

    /// Records a verdict; once this returns, it is the one that counts.
    func record(_ verdict: GateVerdict) throws(TallyError) {
        try makeFolder(path + "/verdicts")
        try AtomicFile.write(Array(verdict.json.prettyText.utf8), to: verdictPath(verdict.digest))
    }

    /// Waits until nobody else decides about the table; what was recorded until then has to be read again.
    func lock() async throws(TallyError) -> FileLock {
        try makeFolder(path)
        return try await FileLock.waiting(for: "\(root)/\(path)/lock")
    }

    /// Makes a folder relative to the repository.
    func makeFolder(_ folder: String) throws(TallyError) {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(root + "/" + folder)
        } catch {
            throw TallyError(
                .unwritable, "the folder could not be made: \(error.message)", subject: folder,
                help: "check that .tally is writable", underlying: error.message)
        }
    }

    /// Throws `E-corrupt` for a copy of rows that were let in which is missing or has other bytes than it had.
    static func expectWhole(_ file: String, size: Int64, digest: Fingerprint, root: String) throws(TallyError) {
        let found = FileStamp(of: root + "/" + file)?.size
        // The size is looked at first: a copy that is cut short is told without reading it.
        if found == size {
            let bytes = try Snapshotter(root: root).digest(ofFile: file)
            guard bytes != digest else { return }
        }
        throw TallyError(
            .corrupt,
            (found == size
                ? "its bytes are not those that were let in"
                : found.map { "it has \($0) bytes and had \(size)" } ?? "it is missing")
                + "; it holds rows that were let in while others of their file were set aside",
            subject: file,
            help: "restore it from a backup, or delete the file's verdict beside it to have it judged again")
    }

    /// Throws `E-corrupt` when the file with the rows that wait is not there.
    static func expectThere(_ file: String, root: String) throws(TallyError) {
        guard FileStamp(of: root + "/" + file) == nil else { return }
        throw TallyError(
            .corrupt, "it is missing; it holds rows that were set aside and wait", subject: file,
            help: "restore it from a backup, or give the rows up with `tally quarantine discard`")
    }

    /// The size of a file relative to the repository, in bytes.
    func size(of file: String) throws(TallyError) -> Int64 {
        do throws(OpenFile.Failure) {
            return try OpenFile.reading(root + "/" + file).stamp().size
        } catch {
            throw TallyError(.unreadable, "could not be read: \(error.message)", subject: file)
        }
    }

    /// Every verdict of the table, the earliest first.
    func verdicts() throws(TallyError) -> [GateVerdict] {
        var found: [GateVerdict] = []
        for name in FileName.names(in: "\(root)/\(path)/verdicts") where name.hasSuffix(".json") {
            guard let digest = Fingerprint(hex: String(name.dropLast(".json".count))) else { continue }
            if let verdict = try verdict(digest) { found.append(verdict) }
        }
        return found.sorted { ($0.decidedAt.microseconds, $0.digest.hex) < ($1.decidedAt.microseconds, $1.digest.hex) }
    }

    /// The names of the tables that have verdicts, sorted.
    static func tables(root: String) -> [String] {
        FileName.names(in: root + "/" + parent).filter { FileName.exists("\(root)/\(parent)/\($0)/verdicts") }
    }

    /// The name of a run's files: when, and about which bytes.
    func runName(_ digest: Fingerprint, at time: Timestamp) -> String {
        time.description.filter { $0.isASCII && ($0.isNumber || $0 == "T") }.prefix(15) + "-" + digest.short
    }
}
