// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// Snapshots as rows.
enum SQLiteRecords {
    /// The latest snapshot of a source.
    static func latestSnapshot(_ db: Database, of source: String) throws -> SourceSnapshot? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM snapshot WHERE source = ? ORDER BY taken_at DESC LIMIT 1", arguments: [source]
        ).map { row in try snapshot(db, row) }
    }

    /// A snapshot by its number.
    static func snapshot(_ db: Database, id: Int64) throws -> SourceSnapshot? {
        try Row.fetchOne(db, sql: "SELECT * FROM snapshot WHERE id = ?", arguments: [id]).map { row in
            try snapshot(db, row)
        }
    }

    private static func snapshot(_ db: Database, _ row: Row) throws -> SourceSnapshot {
        let source: String = try row.decode(forColumn: "source")
        let rows = try files(of: row, db)
        try sealed(row, rows).expect(in: row)
        let files = try rows.map { row in
            let hex: String = try row.decode(forColumn: "sha256")
            let firstSeen: Int64? = try row.decode(forColumn: "first_seen")
            guard let digest = Fingerprint(hex: hex) else { throw SQLiteFile.corrupt("a snapshot of \(source)") }
            let text: String? = try row.decode(forColumn: "rows")
            let rows = try text.map { text in
                guard let rows = (try? JSON(parsing: text)).flatMap({ SeenRows(json: $0) }) else {
                    throw SQLiteFile.corrupt("a snapshot of \(source)")
                }
                return rows
            }
            return SourceSnapshot.File(
                path: try row.decode(forColumn: "path"), size: try row.decode(forColumn: "size"), digest: digest,
                firstSeen: firstSeen.map { Timestamp(microseconds: $0) }, stamp: try row.decode(forColumn: "stamp"),
                rows: rows)
        }
        let snapshot = SourceSnapshot(
            source: source, takenAt: Timestamp(microseconds: try row.decode(forColumn: "taken_at")), files: files,
            withdrawn: try row.decode(forColumn: "withdrawn"))
        let fingerprint: String = try row.decode(forColumn: "fingerprint")
        guard snapshot.fingerprint.hex == fingerprint else { throw SQLiteFile.corrupt("a snapshot of \(source)") }
        return snapshot
    }

    private static func files(of snapshot: Row, _ db: Database) throws -> [Row] {
        let id: Int64 = try snapshot.decode(forColumn: "id")
        return try Row.fetchAll(
            db, sql: "SELECT * FROM snapshot_file WHERE snapshot = ? ORDER BY path", arguments: [id])
    }

    /// The digest of a snapshot and its files, with the times when they were first seen.
    private static func sealed(_ row: Row, _ files: [Row]) -> RowSeal {
        var seal = RowSeal("snapshot", "a snapshot")
        seal.add(row, ["source", "taken_at", "fingerprint", "withdrawn"])
        for file in files { seal.add(file, ["path", "size", "sha256", "first_seen", "stamp", "rows"]) }
        return seal
    }

    /// Seals a snapshot, once all of its files are written.
    static func sealSnapshot(_ id: Int64, _ db: Database) throws {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM snapshot WHERE id = ?", arguments: [id]) else {
            return
        }
        let seal = sealed(row, try files(of: row, db))
        try db.execute(sql: "UPDATE snapshot SET seal = ? WHERE id = ?", arguments: [seal.hex, id])
    }

    /// Appends a snapshot that was compared with the latest one.
    static func append(_ snapshot: SourceSnapshot, after: Timestamp?, to db: Database) throws {
        let latest = try Int64.fetchOne(
            db, sql: "SELECT max(taken_at) FROM snapshot WHERE source = ?", arguments: [snapshot.source])
        try snapshot.refuseUnless(after: after, latest: latest.map { Timestamp(microseconds: $0) })
        try db.execute(
            sql: "INSERT INTO snapshot (source, taken_at, fingerprint, withdrawn) VALUES (?, ?, ?, ?)",
            arguments: [
                snapshot.source, snapshot.takenAt.microseconds, snapshot.fingerprint.hex, snapshot.withdrawn,
            ])
        let id = db.lastInsertedRowID
        for file in snapshot.files {
            try db.execute(
                sql: """
                    INSERT INTO snapshot_file (snapshot, path, size, sha256, first_seen, stamp, rows)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, file.path, file.size, file.digest.hex, file.firstSeen?.microseconds, file.stamp,
                    file.rows?.json.canonicalText,
                ])
        }
        try sealSnapshot(id, db)
    }
}
