// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// The rows of runs: their summaries as recorded, and the details in tables with indexes.
extension SQLiteRecords {
    /// Appends a run with its detail.
    static func append(_ run: RunRecord, to db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO run (command, subject, started_at, duration, identity, summary) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.command, run.subject, run.startedAt.microseconds, run.duration.microseconds, run.identity.hex,
                run.summary.compactText,
            ])
        let id = db.lastInsertedRowID
        try append(run.detail, of: id, run.subject, run.identity.hex, to: db)
        try sealRun(id, db)
    }

    /// A run by its number.
    static func run(_ db: Database, id: Int64) throws -> RunRecord? {
        try Row.fetchOne(db, sql: select + " WHERE run.id = ?", arguments: [id]).map { row in try run(row, db) }
    }

    /// Seals a run, once its detail is written.
    static func sealRun(_ id: Int64, _ db: Database) throws {
        guard let row = try Row.fetchOne(db, sql: select + " WHERE run.id = ?", arguments: [id]) else { return }
        let seal = sealed(row, try admittedFiles(row, db))
        try db.execute(sql: "UPDATE run SET seal = ? WHERE id = ?", arguments: [seal.hex, id])
    }

    /// The digest of a run with its detail: what was decided about files, shown, filled or written.
    private static func sealed(_ row: Row, _ files: [Row]) -> RowSeal {
        var seal = RowSeal("run", "a run")
        seal.add(
            row,
            [
                "command", "subject", "started_at", "duration", "identity", "summary", "decision", "previous_rows",
                "visible_rows", "evidence", "made", "rows", "output",
            ])
        for file in files { seal.add(file, ["subject", "sha256", "verdict"]) }
        return seal
    }

    private static func admittedFiles(_ run: Row, _ db: Database) throws -> [Row] {
        guard let number: Int64 = try run.decode(forColumn: "admitted") else { return [] }
        return try Row.fetchAll(
            db, sql: "SELECT subject, sha256, verdict FROM admitted_file WHERE run = ? ORDER BY place",
            arguments: [number])
    }

    /// Appends the details of a run to the tables with indexes.
    static func append(
        _ detail: RunDetail, of run: Int64, _ subject: String, _ identity: String, to db: Database
    ) throws {
        switch detail {
        case .admission(let admission):
            try db.execute(
                sql:
                    "INSERT INTO admission (run, subject, decision, previous_rows, visible_rows) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    run, subject, admission.decision?.rawValue, admission.previousRows, admission.visibleRows,
                ])
            for (place, file) in admission.files.enumerated() {
                try db.execute(
                    sql: "INSERT INTO admitted_file (subject, sha256, run, place, verdict) VALUES (?, ?, ?, ?, ?)",
                    arguments: [subject, file.key.hex, run, place, file.verdict.compactText])
            }
        case .shadow(let evidence):
            try db.execute(
                sql: "INSERT INTO shadow_run (run, subject, identity, evidence) VALUES (?, ?, ?, ?)",
                arguments: [run, subject, identity, JSON.array(evidence).compactText])
        case .fill(let generation):
            try db.execute(
                sql: "INSERT INTO fill (run, subject, made) VALUES (?, ?, ?)", arguments: [run, subject, generation])
        case .training(let rows, let output):
            try db.execute(
                sql: "INSERT INTO training_set (run, subject, rows, output) VALUES (?, ?, ?, ?)",
                arguments: [run, subject, rows, output])
        case .none: break
        }
    }

    /// Reads the details of runs out of the summaries that earlier versions wrote, once for each run.
    ///
    /// Throws `E-corrupt` for a summary that cannot be read: what it decided must not be forgotten in silence.
    static func readDetails(of db: Database) throws {
        let runs = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, command, subject, identity, summary FROM run
                WHERE command IN ('admit', 'shadow', 'materialize', 'train') ORDER BY id
                """)
        while let row = try runs.next() {
            let text: String = try row.decode(forColumn: "summary")
            guard let summary = try? JSON(parsing: text) else { throw SQLiteFile.corrupt("a run") }
            let detail = RunDetail(of: try row.decode(forColumn: "command"), summary: summary)
            try append(
                detail, of: try row.decode(forColumn: "id"), try row.decode(forColumn: "subject"),
                try row.decode(forColumn: "identity"), to: db)
        }
    }

    private static let select = """
        SELECT run.id, command, run.subject, started_at, duration, run.identity, summary, run.seal,
            admission.run AS admitted, decision, previous_rows, visible_rows, evidence, made, rows, output
        FROM run LEFT JOIN admission ON admission.run = run.id LEFT JOIN shadow_run ON shadow_run.run = run.id
            LEFT JOIN fill ON fill.run = run.id LEFT JOIN training_set ON training_set.run = run.id
        """

    /// The latest runs, newest first.
    static func runs(_ db: Database, limit: Int) throws -> [RunRecord] {
        try Row.fetchAll(db, sql: select + " ORDER BY run.id DESC LIMIT ?", arguments: [limit]).map { row in
            try run(row, db)
        }
    }

    /// The latest run that matches.
    static func find(_ db: Database, _ query: RecordQuery) throws -> RunRecord? {
        let (latest, arguments): (String, StatementArguments) =
            switch query {
            case .admission(let table):
                ("(SELECT run FROM admission WHERE subject = ? ORDER BY run DESC LIMIT 1)", [table])
            case .visibleAdmission(let table):
                (
                    """
                    (SELECT run FROM admission WHERE subject = ? AND visible_rows IS NOT NULL
                     ORDER BY run DESC LIMIT 1)
                    """, [table]
                )
            case .verdict(let key, let table):
                (
                    "(SELECT run FROM admitted_file WHERE subject = ? AND sha256 = ? ORDER BY run DESC LIMIT 1)",
                    [table, key.hex]
                )
            case .shadow(let subject, let identity):
                (
                    "(SELECT run FROM shadow_run WHERE subject = ? AND identity = ? ORDER BY run DESC LIMIT 1)",
                    [subject, identity.hex]
                )
            case .fill(let view): ("(SELECT run FROM fill WHERE subject = ? ORDER BY run DESC LIMIT 1)", [view])
            case .training(let service):
                ("(SELECT run FROM training_set WHERE subject = ? ORDER BY run DESC LIMIT 1)", [service])
            }
        return try Row.fetchOne(db, sql: select + " WHERE run.id = " + latest, arguments: arguments).map { row in
            try run(row, db)
        }
    }

    private static func run(_ row: Row, _ db: Database) throws -> RunRecord {
        let files = try admittedFiles(row, db)
        try sealed(row, files).expect(in: row)
        let hex: String = try row.decode(forColumn: "identity")
        let text: String = try row.decode(forColumn: "summary")
        guard let identity = Fingerprint(hex: hex), let summary = try? JSON(parsing: text) else {
            throw SQLiteFile.corrupt("a run")
        }
        return RunRecord(
            command: try row.decode(forColumn: "command"), subject: try row.decode(forColumn: "subject"),
            startedAt: Timestamp(microseconds: try row.decode(forColumn: "started_at")),
            duration: TimeSpan(microseconds: try row.decode(forColumn: "duration")), identity: identity,
            summary: summary, detail: try detail(row, files))
    }

    private static func detail(_ row: Row, _ admitted: [Row]) throws -> RunDetail {
        if try row.decode(Int64?.self, forColumn: "admitted") != nil {
            let word: String? = try row.decode(forColumn: "decision")
            let decision = word.flatMap { Reaction.Action(rawValue: $0) }
            guard word == nil || decision != nil else { throw SQLiteFile.corrupt("a decision") }
            let files = try admitted.map { row in
                let hex: String = try row.decode(forColumn: "sha256")
                let text: String = try row.decode(forColumn: "verdict")
                guard let key = Fingerprint(hex: hex), let verdict = try? JSON(parsing: text) else {
                    throw SQLiteFile.corrupt("a verdict")
                }
                return RunDetail.Admission.File(key: key, verdict: verdict)
            }
            return .admission(
                RunDetail.Admission(
                    decision: decision, previousRows: try row.decode(forColumn: "previous_rows"),
                    visibleRows: try row.decode(forColumn: "visible_rows"), files: files))
        }
        if let evidence: String = try row.decode(forColumn: "evidence") {
            guard let shown = (try? JSON(parsing: evidence))?.arrayValue else {
                throw SQLiteFile.corrupt("what a shadow run showed")
            }
            return .shadow(shown)
        }
        if let generation: Int64 = try row.decode(forColumn: "made") { return .fill(generation: generation) }
        if let rows: Int64 = try row.decode(forColumn: "rows") {
            return .training(rows: rows, output: try row.decode(forColumn: "output"))
        }
        return .none
    }
}
