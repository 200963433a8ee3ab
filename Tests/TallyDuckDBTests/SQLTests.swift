// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyDuckDB

/// Names and values from elsewhere stay names and values in SQL, whatever bytes they are.
@Suite struct SQLTests {
    private let connection: Connection

    init() throws { connection = try Connection(Database(settings: []), Interrupter()) }

    private static let pieces = [
        "'", "\"", "''", "\"\"", "'\u{301}", "\"\u{301}", "\u{301}'", "\u{301}\"", "\\", "\\'", "a", " ", "--", "/*",
        "*/", "$$", ";", "\n", "\r\n", "\u{e9}", "e\u{301}", "\u{200d}", "\u{1F468}\u{200d}\u{1F469}", "\"\u{fe0f}",
        "'\u{fe0f}", "FROM", "\u{7f}", "\u{1}",
    ]

    @Test func `a quoted text is the text, byte by byte`() throws {
        var random = SeededGenerator(seed: 33)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<(1 + random.next() % 6) {
                text.unicodeScalars.append(
                    contentsOf: Self.pieces[Int(random.next() % UInt64(Self.pieces.count))].unicodeScalars)
            }
            let read = try connection.texts("SELECT \(text.asLiteral), '\(1)' AS \(text.asIdentifier)")
            #expect(read[0][0].map { Array($0.utf8) } == Array(text.utf8), "\(text.debugDescription)")
            let named = try connection.texts(
                "SELECT column_name FROM (DESCRIBE SELECT 1 AS \(text.asIdentifier))")
            #expect(named[0][0].map { Array($0.utf8) } == Array(text.utf8), "\(text.debugDescription)")
        }
    }

    @Test func `a type is spelled as DuckDB spells types, and else is a name`() throws {
        for type in [
            "BIGINT", "TIMESTAMP WITH TIME ZONE", "DECIMAL(18,3)", "INTEGER[3][]", "ENUM('a', 'b''c\"')",
            "STRUCT(\"a \"\"b\" INTEGER, c VARCHAR[])", "MAP(VARCHAR, DOUBLE)",
        ] {
            #expect(SQL(type: type).text == type)
            _ = try connection.texts("SELECT CAST(CAST(NULL AS \(SQL(type: type))) AS VARCHAR)")
        }
        for type in [
            "", "BIGINT) FROM read_text('/etc/hostname') --", "BIGINT; DROP TABLE t", "ENUM('a", "STRUCT(\"a)",
            "INT -- x",
            "BIGINT) AS x, (SELECT 1", "INT/**/", "\u{e9}",
        ] {
            #expect(SQL(type: type).text == type.asIdentifier.text, "\(type)")
            #expect(throws: DuckFailure.self, "\(type)") {
                try connection.texts("SELECT CAST(NULL AS \(SQL(type: type)))::VARCHAR")
            }
        }
    }

    @Test func `two parts are the same if their bytes are`() {
        let (one, two): (SQL, SQL) = ("\("\u{e9}".asIdentifier)", "\("e\u{301}".asIdentifier)")
        #expect(!one.isSame(as: two) && one.isSame(as: one))
    }
}
