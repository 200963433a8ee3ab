// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB

/// The registry's tables; `user_version` of the file holds the version of their form.
enum SQLiteSchema {
    /// The version this build reads and writes.
    static let version = 4
    /// `application_id` of the file: the bytes of "Taly".
    static let applicationID = 0x5461_6C79

    /// Brings a file from an older version to this one; step `i` leads from version `i` to `i + 1`.
    private static let steps: [@Sendable (Database) throws -> Void] = [
        { db in try db.execute(sql: first) },
        { db in
            try db.execute(sql: second)
            try SQLiteRecords.readDetails(of: db)
        },
        { db in try db.execute(sql: third) },
        { db in
            try db.execute(sql: fourth)
            try RowSeal.sealAll(db)
        },
    ]

    /// Definitions, releases, snapshots and runs.
    static let first = """
        CREATE TABLE generation (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            project TEXT NOT NULL,
            applied_at INTEGER NOT NULL,
            applied_by TEXT NOT NULL
        ) STRICT;
        CREATE TABLE definition_version (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            generation INTEGER NOT NULL REFERENCES generation (number),
            storage TEXT,
            value TEXT,
            promise TEXT,
            node TEXT,
            PRIMARY KEY (kind, name, version)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE definition (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (kind, name),
            FOREIGN KEY (kind, name, version) REFERENCES definition_version (kind, name, version)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE release (
            service TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            fingerprint TEXT NOT NULL,
            generation INTEGER NOT NULL REFERENCES generation (number),
            content TEXT NOT NULL,
            PRIMARY KEY (service, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE release_state (
            service TEXT NOT NULL,
            number INTEGER NOT NULL,
            generation INTEGER NOT NULL REFERENCES generation (number),
            state TEXT NOT NULL CHECK (state IN ('candidate', 'serving', 'retired')),
            PRIMARY KEY (service, number, generation),
            FOREIGN KEY (service, number) REFERENCES release (service, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            taken_at INTEGER NOT NULL,
            fingerprint TEXT NOT NULL,
            UNIQUE (source, taken_at)
        ) STRICT;
        CREATE TABLE snapshot_file (
            snapshot INTEGER NOT NULL REFERENCES snapshot (id),
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            first_seen INTEGER,
            stamp TEXT NOT NULL,
            PRIMARY KEY (snapshot, path)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            command TEXT NOT NULL,
            subject TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            identity TEXT NOT NULL,
            summary TEXT NOT NULL
        ) STRICT;
        """

    /// The tables that index what is searched in runs; before, it was in the summaries alone.
    private static let second = """
        DROP INDEX IF EXISTS run_by_subject;
        CREATE TABLE admission (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            subject TEXT NOT NULL,
            decision TEXT,
            previous_rows INTEGER,
            visible_rows INTEGER
        ) STRICT;
        CREATE INDEX admission_by_table ON admission (subject, run);
        CREATE INDEX visible_admission_by_table ON admission (subject, run) WHERE visible_rows IS NOT NULL;
        CREATE TABLE admitted_file (
            subject TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            run INTEGER NOT NULL REFERENCES admission (run),
            place INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            PRIMARY KEY (subject, sha256, run, place)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX admitted_file_by_run ON admitted_file (run, place);
        CREATE TABLE shadow_run (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            subject TEXT NOT NULL,
            identity TEXT NOT NULL,
            evidence TEXT NOT NULL
        ) STRICT;
        CREATE INDEX shadow_run_by_versions ON shadow_run (subject, identity, run);
        CREATE TABLE fill (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            subject TEXT NOT NULL,
            made INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX fill_by_view ON fill (subject, run);
        CREATE TABLE training_set (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            subject TEXT NOT NULL,
            rows INTEGER NOT NULL,
            output TEXT NOT NULL
        ) STRICT;
        CREATE INDEX training_set_by_service ON training_set (subject, run);
        """

    /// What is known of the rows of a source's files, as JSON; null where a file counts as a whole.
    private static let third = """
        ALTER TABLE snapshot_file ADD COLUMN rows TEXT;
        ALTER TABLE snapshot ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
        """

    /// The digests of what rows say; a table without them cannot tell a flipped bit from what was written.
    private static let fourth = """
        ALTER TABLE generation ADD COLUMN seal TEXT;
        ALTER TABLE definition_version ADD COLUMN seal TEXT;
        ALTER TABLE snapshot ADD COLUMN seal TEXT;
        ALTER TABLE run ADD COLUMN seal TEXT;
        """

    /// Whether everything is there that this build makes.
    static func isComplete(_ db: Database) throws -> Bool { try self.version(of: db) >= version }

    /// The version of a file's tables; 0 for a new file.
    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Makes or renews the tables inside a write transaction; does nothing when they are up to date.
    static func migrate(_ db: Database) throws {
        let found = try version(of: db)
        if found < version {
            for step in steps[found...] { try step(db) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
    }
}
