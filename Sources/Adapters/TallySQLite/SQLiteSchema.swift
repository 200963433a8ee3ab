// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB

/// The registry's tables; `user_version` of the file holds the version of their form.
enum SQLiteSchema {
    /// The version this build reads and writes.
    static let version = 1
    /// `application_id` of the file: the bytes of "Taly".
    static let applicationID = 0x5461_6C79

    /// Brings a file from an older version to this one; step `i` leads from version `i` to `i + 1`.
    static let steps = [
        """
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
    ]

    /// What finds the runs about a subject; other versions of the program need no more than to keep it.
    static let runIndex = "run_by_subject"

    /// Whether everything is there that this build makes.
    static func isComplete(_ db: Database) throws -> Bool {
        guard try version(of: db) >= version else { return false }
        return try Int.fetchOne(
            db, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = ?", arguments: [runIndex]) == 1
    }

    /// The version of a file's tables; 0 for a new file.
    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Makes or renews the tables inside a write transaction; does nothing when they are up to date.
    static func migrate(_ db: Database) throws {
        let found = try version(of: db)
        if found < version {
            for step in steps[found...] { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        try db.execute(sql: "CREATE INDEX IF NOT EXISTS \(runIndex) ON run (command, subject)")
    }
}
