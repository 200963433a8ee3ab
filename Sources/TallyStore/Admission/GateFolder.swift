// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The folder in which the gate keeps its verdicts on one table's files, and the rows that it set aside.
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

    /// Returns the verdict on a file's bytes; nil when they never entered.
    ///
    /// Throws `E-corrupt` for a verdict that is not as it was written, contradicts itself or names files elsewhere: a file is
    /// never judged anew in silence.
    func verdict(_ digest: Fingerprint) throws(TallyError) -> GateVerdict? {
        guard let bytes = try AtomicFile.read(verdictPath(digest)) else { return nil }
        guard let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)) else {
            throw corrupt(digest, "the verdict on a file cannot be read")
        }
        guard GateVerdict.isUntouched(json) else {
            throw corrupt(digest, "the verdict on a file is not as it was written: its checksum does not fit")
        }
        guard let verdict = GateVerdict(json: json) else {
            throw corrupt(digest, "the verdict on a file contradicts itself, or lacks what a verdict says")
        }
        guard verdict.digest == digest else {
            throw corrupt(digest, "the verdict is on another file than its name says")
        }
        guard verdict.files.allSatisfy(holds) else {
            throw corrupt(digest, "the verdict names files that the gate did not make")
        }
        return verdict
    }

    private func corrupt(_ digest: Fingerprint, _ message: String) -> TallyError {
        TallyError(
            .corrupt, message, subject: verdictPath(digest),
            help:
                "restore it from a backup, or delete it to have the file judged again: what was let in or given up of it "
                + "since is then forgotten")
    }

    /// Whether a path is one of the files with rows that the gate makes for the table.
    func holds(_ file: String) -> Bool {
        guard let below = file.behind(path + "/") else { return false }
        let parts = below.parts(by: "/", keepingEmpty: true)
        return parts.count > (parts[0] == "accepted" ? 1 : 0) && parts[0] != "verdicts" && below != "lock"
            && !parts.contains { ["", ".", ".."].contains($0) }
    }

    /// Records a verdict; once this returns, it is the one that counts.
    func record(_ verdict: GateVerdict) throws(TallyError) {
        try makeFolder(path + "/verdicts")
        try AtomicFile.write(Array(verdict.json.prettyText.utf8), to: verdictPath(verdict.digest))
    }

    /// Waits for the exclusive right to decide about the table; the caller must read again what was recorded until
    /// then.
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

    /// Throws `E-corrupt` when a copy of admitted rows is missing or has changed.
    static func expectWhole(_ file: KeptFile, root: String, readsBytes: Bool = true) throws(TallyError) {
        guard let difference = try file.difference(root: root, readsBytes: readsBytes) else { return }
        throw TallyError(
            .corrupt, difference + "; it holds rows that were let in while others of their file were set aside",
            subject: file.path,
            help: "restore it from a backup, or delete the file's verdict beside it to have it judged again")
    }

    /// Throws `E-corrupt` when the file with the rows that wait is missing or has other bytes than it had.
    ///
    /// Where an earlier version wrote down no digest, the file has to be there.
    static func expectWaiting(_ verdict: GateVerdict, root: String, readsBytes: Bool = true) throws(TallyError) {
        guard let path = verdict.quarantined else { return }
        let difference =
            if let file = verdict.waitingFile {
                try file.difference(root: root, readsBytes: readsBytes)
            } else {
                FileStamp(of: root + "/" + path) == nil ? "it is missing" : nil
            }
        guard let difference else { return }
        throw TallyError(
            .corrupt, difference + "; it holds rows that were set aside and wait", subject: path,
            help: "restore it from a backup, or give the rows up with `\(.quarantineDiscard)`")
    }

    /// Returns the verdicts on the table's files, the earliest first.
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
