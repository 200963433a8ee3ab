// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// The digests of definitions and of generations.
///
/// A version's digest is of all its columns. A generation's is of itself, of the digests of the versions that it applied and
/// of the releases with their states: it is written for the latest one, the only one that is read.
extension SQLiteState {
    /// The digest of a version of a definition.
    static func sealed(_ row: Row, _ what: String) -> RowSeal {
        var seal = RowSeal("definition", what)
        seal.add(row, ["kind", "name", "version", "generation", "storage", "value", "promise", "node"])
        return seal
    }

    /// The digest of a generation.
    static func seal(of generation: Row, _ applied: [Row], _ releases: [Row]) -> RowSeal {
        var seal = RowSeal("generation", "what is applied")
        seal.add(generation, ["number", "project", "applied_at", "applied_by"])
        seal.add(applied.count)
        for row in applied { seal.add(row, ["kind", "name", "seal", "applied_at", "applied_by"]) }
        seal.add(releases.count)
        for row in releases { seal.add(row, ["service", "number", "fingerprint", "generation", "state"]) }
        return seal
    }

    /// Seals the latest generation, once all that it consists of is written.
    static func seal(_ generation: Int, _ db: Database) throws {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM generation WHERE number = ?", arguments: [generation])
        else { return }
        let seal = seal(
            of: row, try Row.fetchAll(db, sql: selectApplied), try Row.fetchAll(db, sql: selectReleases))
        try db.execute(
            sql: "UPDATE generation SET seal = ? WHERE number = ?", arguments: [seal.hex, generation])
    }

    /// Seals the versions of definitions that have no digest.
    static func sealVersions(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM definition_version WHERE seal IS NULL") {
            try db.execute(
                sql: "UPDATE definition_version SET seal = ? WHERE kind = ? AND name = ? AND version = ?",
                arguments: [
                    sealed(row, "").hex, row["kind"] as DatabaseValue?, row["name"] as DatabaseValue?,
                    row["version"] as DatabaseValue?,
                ])
        }
    }

    /// Throws `E-corrupt` for the first version, applied or earlier, that is not as it was written.
    static func checkVersions(_ db: Database) throws {
        let versions = try Row.fetchCursor(db, sql: "SELECT * FROM definition_version")
        while let row = try versions.next() {
            let name: String = try row.decode(forColumn: "name")
            try sealed(row, "a version of '\(name)'").expect(in: row)
        }
    }
}
