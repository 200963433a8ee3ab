// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// The digest of what rows say: values that do not have the digest that was written beside them were damaged.
///
/// SQLite keeps no checksums of its pages, so that a bit that flips in a text gives another text without a word.
struct RowSeal {
    private var hasher = FingerprintHasher()
    private let what: String

    /// Begins the digest of rows of one kind; `what` names them where they are damaged.
    init(_ kind: String, _ what: String) {
        self.what = what
        add(kind)
    }

    /// Adds a value with its type and its length, so that values cannot change places.
    mutating func add(_ value: (any DatabaseValueConvertible)?) {
        var bytes: [UInt8]
        let tag: UInt8
        switch value?.databaseValue.storage ?? .null {
        case .null: (tag, bytes) = (0, [])
        case .int64(let number): (tag, bytes) = (1, Self.bytes(number))
        case .double(let number): (tag, bytes) = (2, Self.bytes(Int64(bitPattern: number.bitPattern)))
        case .string(let text): (tag, bytes) = (3, Array(text.utf8))
        case .blob(let data): (tag, bytes) = (4, Array(data))
        }
        hasher.update([tag] + Self.bytes(Int64(bytes.count)) + bytes)
    }

    /// Adds values in order.
    mutating func add(_ values: [(any DatabaseValueConvertible)?]) {
        for value in values { add(value) }
    }

    /// Adds columns of a row in order, whatever their types are.
    mutating func add(_ row: Row, _ columns: [String]) {
        for column in columns { add(row[column] as DatabaseValue?) }
    }

    private static func bytes(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// The digest of everything that was added.
    var hex: String { hasher.finish().hex }

    /// Throws `E-corrupt` unless a row's `seal` is the digest of what was added.
    func expect(in row: Row) throws {
        let written: String? = try row.decode(forColumn: "seal")
        guard let written, written.utf8.elementsEqual(hex.utf8) else { throw SQLiteFile.corrupt(what) }
    }
}

extension RowSeal {
    /// Seals the rows that an earlier version wrote.
    static func sealAll(_ db: Database) throws {
        try SQLiteState.sealVersions(db)
        if let latest = try Int.fetchOne(db, sql: "SELECT max(number) FROM generation") {
            try SQLiteState.seal(latest, db)
        }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM snapshot ORDER BY id") {
            try SQLiteRecords.sealSnapshot(id, db)
        }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM run ORDER BY id") { try SQLiteRecords.sealRun(id, db) }
    }

    /// Returns the rows whose digests are not those of what they say, for an examination.
    static func problems(_ db: Database) throws -> [String] {
        var found: [String] = []
        func note(_ body: () throws -> Void) throws {
            do { try body() } catch let error as TallyError { found.append(error.message) }
        }
        try note { _ = try SQLiteState.read(db) }
        try note { try SQLiteState.checkVersions(db) }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM snapshot ORDER BY id") {
            try note { _ = try SQLiteRecords.snapshot(db, id: id) }
        }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM run ORDER BY id") {
            try note { _ = try SQLiteRecords.run(db, id: id) }
        }
        return found
    }
}
