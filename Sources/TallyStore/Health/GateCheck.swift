// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Examines all that the gate keeps: verdicts, copies of admitted rows, and rows that wait.
public struct GateCheck {
    /// So many bytes of kept files are read in one examination; of what is beyond only the size is looked at.
    public static let readBytes: Int64 = 4 << 30
    private static let mostEntries = 100_000
    private static let deepest = 8

    private let root: String
    private var allowance: ExaminationBudget

    private init(root: String, readBytes: Int64) {
        self.root = root
        allowance = ExaminationBudget(bytes: readBytes)
    }

    /// One finding for each table that something was decided about, and one for files that were not read.
    ///
    /// Takes no lock: what a command decides meanwhile is looked at again. Throws `E-interrupted` when the task is cancelled.
    public static func examine(
        root: String, readBytes: Int64 = GateCheck.readBytes
    ) throws(TallyError) -> [HealthFinding] {
        var check = GateCheck(root: root, readBytes: readBytes)
        var findings: [HealthFinding] = []
        for name in FileName.names(in: root + "/" + GateFolder.parent) {
            guard FileStamp(of: "\(root)/\(GateFolder.parent)/\(name)")?.kind == .folder else { continue }
            findings += try check.examine(name)
        }
        let left = check.allowance
        guard left.skipped > 0 else { return findings }
        return findings + [
            HealthFinding(
                "quarantine", .unproven,
                "\(left.skipped) of its files with \(left.skippedBytes >> 20) MiB have the size they had; their bytes were not read",
                advice:
                    "`\(.materialize())` reads those that it takes rows from, and `\(.quarantineReplay())` those that wait"
            )
        ]
    }

    private struct Found {
        var verdicts = 0
        var unsealed = 0
        var files = 0
        var bytes: Int64 = 0
        var named = Set<ExactPath>()
        var faults: [TallyError] = []
        var isCut = false
    }

    private mutating func examine(_ table: String) throws(TallyError) -> [HealthFinding] {
        let folder = GateFolder(root: root, table: table)
        var found = Found()
        for name in FileName.names(in: "\(root)/\(folder.path)/verdicts") {
            guard !Task.isCancelled else { throw TallyError(.interrupted, "was interrupted", subject: folder.path) }
            guard name.ends(with: ".json") else { continue }
            guard found.verdicts < Self.mostEntries else {
                found.isCut = true
                break
            }
            guard let digest = Fingerprint(hex: String(name.dropLast(".json".count))) else {
                found.faults.append(
                    TallyError(
                        .corrupt, "\(name) is no verdict's name", subject: folder.path + "/verdicts",
                        help: "move it away: nobody reads it"))
                continue
            }
            try examine(digest, folder, &found)
        }
        let strangers = strangers(folder, &found)
        // Of a table whose files were all refused there is a lock, and nothing to look at.
        guard found.verdicts > 0 || !found.faults.isEmpty || !strangers.isEmpty else { return [] }
        return Self.findings("quarantine \(table)", found, strangers: strangers)
    }

    private mutating func examine(
        _ digest: Fingerprint, _ folder: GateFolder, _ found: inout Found
    ) throws(TallyError) {
        var last: GateVerdict?
        while true {
            do throws(TallyError) {
                guard let verdict = try folder.verdict(digest) else { return }
                do throws(TallyError) {
                    try examine(verdict, &found)
                } catch {
                    // A command that decided meanwhile wrote the verdict anew, and then removed what it named before.
                    guard error.code == .interrupted || verdict == last else {
                        last = verdict
                        continue
                    }
                    throw error
                }
            } catch {
                if error.code == .interrupted { throw error }
                found.faults.append(error)
            }
            return
        }
    }

    private mutating func examine(_ verdict: GateVerdict, _ found: inout Found) throws(TallyError) {
        found.named.formUnion(verdict.files.map { ExactPath($0) })
        for file in verdict.admittedFiles {
            try GateFolder.expectWhole(file, root: root, readsBytes: allowance.takes(file.size))
        }
        try GateFolder.expectWaiting(
            verdict, root: root, readsBytes: verdict.waitingFile.map { allowance.takes($0.size) } ?? false)
        found.verdicts += 1
        found.unsealed += verdict.isSealed ? 0 : 1
        found.files += verdict.files.count
        for size in verdict.admittedFiles.map(\.size) + [verdict.waitingFile?.size ?? 0] {
            found.bytes = found.bytes.addingReportingOverflow(size).overflow ? .max : found.bytes + size
        }
    }

    /// The files with rows that no verdict names, sorted; none while not all verdicts are known or a decision is made.
    private func strangers(_ folder: GateFolder, _ found: inout Found) -> [String] {
        guard found.faults.isEmpty, !found.isCut, !folder.isUnfinished else { return [] }
        var strangers: [String] = []
        var budget = Self.mostEntries
        walk(folder.path, 0, &budget) { path in
            let name = path.parts(by: "/").last ?? path
            let isOurs = [".parquet", ".csv", ".json"].contains { name.ends(with: $0) }
            if isOurs, folder.holds(path), !found.named.contains(ExactPath(path)) { strangers.append(path) }
        }
        found.isCut = budget <= 0
        return strangers
    }

    private func walk(_ folder: String, _ depth: Int, _ budget: inout Int, _ body: (String) -> Void) {
        guard depth < Self.deepest else { return }
        for name in FileName.names(in: root + "/" + folder) where budget > 0 {
            budget -= 1
            let path = folder + "/" + name
            guard !FileStamp.isLink(root + "/" + path), let kind = FileStamp(of: root + "/" + path)?.kind else {
                continue
            }
            switch kind {
            case .folder: walk(path, depth + 1, &budget, body)
            case .file: body(path)
            case .other: continue
            }
        }
    }

    private static func findings(_ what: String, _ found: Found, strangers: [String]) -> [HealthFinding] {
        if let first = found.faults.first {
            let more = found.faults.count > 1 ? "; \(found.faults.count - 1) more like it" : ""
            let place = first.subject.map { $0 + ": " } ?? ""
            return [HealthFinding(what, .broken, place + first.message + more, advice: first.help)]
        }
        let looked =
            "\(count(found.verdicts, "verdict")), and \(count(found.files, "file")) of rows with \(found.bytes >> 10) KiB"
        var findings: [HealthFinding] = []
        if found.isCut {
            findings.append(
                HealthFinding(
                    what, .unproven,
                    "\(looked), as they were written; there are more than \(mostEntries), which were not looked at",
                    advice: "runs look at those that they need"))
        } else if found.unsealed > 0 {
            findings.append(
                HealthFinding(
                    what, .unproven,
                    "\(found.unsealed) of \(found.verdicts) verdicts have no checksum, as earlier versions wrote them",
                    advice: "look at `\(.quarantineList)`, then run `\(.materialize())`, which gives them one"))
        } else {
            findings.append(HealthFinding(what, .kept, "\(looked), as they were written"))
        }
        guard let first = strangers.first else { return findings }
        return findings + [
            HealthFinding(
                what, .kept,
                "\(count(strangers.count, "file")) of rows without a verdict: \(first)\(strangers.count > 1 ? ", ..." : "")",
                advice: "put the verdict back if it was lost; otherwise they are of no use")
        ]
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number.grouped) \(thing)\(number == 1 ? "" : "s")"
    }
}
