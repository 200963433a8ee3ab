// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// Snapshots as rows.
enum SQLiteRecords {
    /// The latest snapshot of a source.
    static func latestSnapshot(_ db: Database, of source: String) throws -> SourceSnapshot? {
        guard
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM snapshot WHERE source = ? ORDER BY taken_at DESC LIMIT 1",
                arguments: [source])
        else { return nil }
        let id: Int64 = try row.decode(forColumn: "id")
        let files = try Row.fetchAll(
            db, sql: "SELECT * FROM snapshot_file WHERE snapshot = ? ORDER BY path", arguments: [id]
        ).map { row in
            let hex: String = try row.decode(forColumn: "sha256")
            let firstSeen: Int64? = try row.decode(forColumn: "first_seen")
            guard let digest = Fingerprint(hex: hex) else { throw SQLiteFile.corrupt("a snapshot of \(source)") }
            // A registry of a form before this one, which is only read, has no such column.
            let text: String? = row.hasColumn("rows") ? try row.decode(forColumn: "rows") : nil
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
            withdrawn: row.hasColumn("withdrawn") ? try row.decode(forColumn: "withdrawn") : 0)
        let fingerprint: String = try row.decode(forColumn: "fingerprint")
        guard snapshot.fingerprint.hex == fingerprint else { throw SQLiteFile.corrupt("a snapshot of \(source)") }
        return snapshot
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
    }
}
