// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// Definitions and releases as rows.
enum SQLiteState {
    /// The latest generation.
    static func read(_ db: Database) throws -> RegistryState {
        guard
            let latest = try Row.fetchOne(
                db, sql: "SELECT * FROM generation ORDER BY number DESC LIMIT 1")
        else {
            // Without a generation nothing was applied.
            guard try Row.fetchOne(db, sql: "SELECT kind FROM definition_version LIMIT 1") == nil else {
                throw SQLiteFile.corrupt("the list of generations")
            }
            return .empty
        }
        let rows = try Row.fetchAll(db, sql: selectApplied)
        let definitions = try rows.map { row in
            let version = try version(row)
            guard let node = version.node else { throw SQLiteFile.corrupt(version.id.description) }
            return AppliedDefinition(node: node, stamp: version.stamp)
        }
        // A damaged index gives a row twice.
        guard Set(definitions.map(\.node.id)).count == definitions.count else {
            throw SQLiteFile.corrupt("the list of definitions")
        }
        let releaseRows = try Row.fetchAll(db, sql: selectReleases)
        let state = RegistryState(
            generation: try latest.count("number"), project: try latest.decode(forColumn: "project"),
            definitions: definitions, releases: try releaseRows.map(release),
            committedAt: Timestamp(microseconds: try latest.decode(forColumn: "applied_at")))
        // Each row is as it was written; this says that none is missing, and which of them count.
        try seal(of: latest, rows, releaseRows).expect(in: latest)
        return state
    }

    /// Returns the versions of a definition, oldest first.
    static func history(_ db: Database, of id: DefinitionID) throws -> [DefinitionVersion] {
        try Row.fetchAll(
            db, sql: selectVersions + " WHERE kind = ? AND name = ? ORDER BY version",
            arguments: [id.kind.rawValue, id.name]
        ).map(version)
    }

    /// The highest version ever given to definitions; those that never had one are missing.
    static func lastVersions(_ db: Database, of ids: [DefinitionID]) throws -> [DefinitionID: Int] {
        var versions: [DefinitionID: Int] = [:]
        for id in ids {
            let version = try Int.fetchOne(
                db, sql: "SELECT max(version) FROM definition_version WHERE kind = ? AND name = ?",
                arguments: [id.kind.rawValue, id.name])
            guard version?.isCount ?? true else { throw SQLiteFile.corrupt(id.description) }
            versions[id] = version
        }
        return versions
    }

    /// Writes what a step adds.
    static func write(_ step: RegistryStep, of commit: RegistryCommit, to db: Database) throws {
        let generation = step.state.generation
        try db.execute(
            sql: "INSERT INTO generation (number, project, applied_at, applied_by) VALUES (?, ?, ?, ?)",
            arguments: [generation, commit.project, commit.at.microseconds, commit.by])
        for version in step.versions { try write(version, to: db) }
        for candidate in step.candidates {
            try db.execute(
                sql: "INSERT INTO release (service, number, fingerprint, generation, content) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    candidate.release.service, candidate.number, candidate.release.fingerprint.hex, generation,
                    candidate.release.json.compactText,
                ])
        }
        let states =
            step.candidates.map { ($0.release.service, $0.number, $0.state) }
            + step.transitions.map { ($0.service, $0.number, $0.state) }
        for (service, number, state) in states {
            try db.execute(
                sql: "INSERT INTO release_state (service, number, generation, state) VALUES (?, ?, ?, ?)",
                arguments: [service, number, generation, state.rawValue])
        }
        try seal(generation, db)
    }

    private static func write(_ version: DefinitionVersion, to db: Database) throws {
        let id = version.id
        let fingerprints = version.node?.fingerprints
        let values: [(any DatabaseValueConvertible)?] = [
            id.kind.rawValue, id.name, version.stamp.version, version.stamp.generation, fingerprints?.storage.hex,
            fingerprints?.value.hex, fingerprints?.promise.hex, version.node?.json.compactText,
        ]
        var seal = RowSeal("definition", id.description)
        seal.add(values)
        try db.execute(
            sql: """
                INSERT INTO definition_version (kind, name, version, generation, storage, value, promise, node, seal)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: StatementArguments(values + [seal.hex]))
        if version.node == nil {
            try db.execute(
                sql: "DELETE FROM definition WHERE kind = ? AND name = ?", arguments: [id.kind.rawValue, id.name])
        } else {
            try db.execute(
                sql: """
                    INSERT INTO definition (kind, name, version) VALUES (?, ?, ?)
                    ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version
                    """,
                arguments: [id.kind.rawValue, id.name, version.stamp.version])
        }
    }

    static let selectVersions = """
        SELECT kind, name, version, generation, storage, value, promise, node, definition_version.seal AS seal,
            applied_at, applied_by
        FROM definition_version JOIN generation ON generation.number = definition_version.generation
        """

    static let selectApplied =
        selectVersions + " JOIN definition USING (kind, name, version) ORDER BY kind, name"

    private static func version(_ row: Row) throws -> DefinitionVersion {
        let kind: String = try row.decode(forColumn: "kind")
        let name: String = try row.decode(forColumn: "name")
        guard let kind = Definition.Kind(rawValue: kind) else { throw SQLiteFile.corrupt("the kind of '\(name)'") }
        let id = DefinitionID(kind, name)
        try sealed(row, id.description).expect(in: row)
        let text: String? = try row.decode(forColumn: "node")
        let node = try text.map { text throws(TallyError) in
            guard let json = try? JSON(parsing: text), let node = PlanNode(json: json), node.id == id else {
                throw SQLiteFile.corrupt(id.description)
            }
            return node
        }
        return DefinitionVersion(
            id: id, node: node,
            stamp: DefinitionStamp(
                version: try row.count("version"), generation: try row.count("generation"),
                appliedAt: Timestamp(microseconds: try row.decode(forColumn: "applied_at")),
                appliedBy: try row.decode(forColumn: "applied_by")))
    }

    static let selectReleases = """
        SELECT service, number, fingerprint, generation, content,
            (SELECT state FROM release_state AS s
             WHERE s.service = r.service AND s.number = r.number ORDER BY s.generation DESC LIMIT 1) AS state
        FROM release AS r ORDER BY service, number
        """

    private static func release(_ row: Row) throws -> RegisteredRelease {
        let service: String = try row.decode(forColumn: "service")
        let number = try row.count("number")
        let content: String = try row.decode(forColumn: "content")
        let fingerprint: String = try row.decode(forColumn: "fingerprint")
        let state: String? = try row.decode(forColumn: "state")
        // The fingerprint is that of all that the content says.
        guard let json = try? JSON(parsing: content), let release = Release(json: json),
            release.service == service, release.fingerprint.hex == fingerprint,
            let state = state.flatMap({ Release.State(rawValue: $0) })
        else { throw SQLiteFile.corrupt("release \(number) of service \(service)") }
        return RegisteredRelease(
            release: release, number: number, state: state, generation: try row.count("generation"))
    }
}
