// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// Foreign text is cut and quoted by its bytes, and never put into SQL as it is.
///
/// A sign that bears an accent is one `Character` with it, so that Swift finds no slash in `/` + U+0301, and no quote.
@Suite struct ExactTextTests {
    /// Forms that look for a sign of paths or quotes among characters, and what to write instead.
    private static var banned: [(form: Regex<Substring>, instead: String)] {
        [
            (#/(?:hasPrefix|hasSuffix)\("[^"]*\/[^"]*"\)/#, "begins(with:) or ends(with:)"),
            (#/(?:hasPrefix|hasSuffix)\([^()"]*\+ "\/"\)/#, "begins(with:) or ends(with:)"),
            (#/split\(separator: "(?:\/|'|\\")"/#, "parts(by:)"),
            (#/(?:lastIndex|firstIndex)\(of: "(?:\/|\\")"\)/#, "the text's utf8"),
            (#/replacing\("(?:\\"|')", with/#, "quoted(by:)"),
        ]
    }

    /// Forms of references, which the standard limits to signs without accents.
    private static let exempt = ["Sources/TallyDefinitions/Contracts/Structure/ContractForm.swift"]

    /// What stands in every banned form: lines without it are not held against the expressions, which are slow.
    private static let words = ["hasPrefix(", "hasSuffix(", "split(separator: ", "Index(of: ", "replacing("].map {
        Array($0.utf8)
    }

    /// The lines of a text that use a banned form, with what to write instead.
    private static func characters(in text: String) -> [(line: Int, instead: String)] {
        let banned = Self.banned
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { number, line in
            let bytes = Array(line.utf8)
            guard words.contains(where: { holds($0, bytes) }) else { return [(line: Int, instead: String)]() }
            return banned.filter { line.firstMatch(of: $0.form) != nil }.map { (number + 1, $0.instead) }
        }
    }

    /// Whether the bytes of a word stand in a line.
    private static func holds(_ word: [UInt8], _ line: [UInt8]) -> Bool {
        line.indices.contains { line[$0] == word[0] && line[$0...].starts(with: word) }
    }

    @Test func `paths and quotes are found by their bytes`() {
        for file in SourceTree.rooms where !Self.exempt.contains(file.path) {
            for (line, instead) in Self.characters(in: file.text) {
                Issue.record("\(file.path):\(line): write \(instead)")
            }
        }
    }

    @Test(arguments: [
        #"return path.hasPrefix("/") ? path : root + "/" + path"#, #"if path.hasPrefix(root + "/") { return }"#,
        #"let parts = path.split(separator: "/").map(String.init)"#, #"path.lastIndex(of: "/")"#,
        #"name.replacing("\"", with: "\"\"")"#, #"text.split(separator: "'", omittingEmptySubsequences: false)"#,
        #"name.split(separator: "\"")"#, #"media.hasPrefix("application/")"#,
    ])
    func `a planted form is found`(_ line: String) {
        #expect(Self.characters(in: "first\n" + line + "\n").map(\.line) == [2])
    }

    /// Lines of Swift that put something into a text that is SQL, outside of the type that quotes.
    private static func interpolations(in text: String) -> [String] {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { line in
            line.contains("\\(") && !line.hasPrefix("//")
                && line.firstMatch(
                    of:
                        #/\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA|CREATE TABLE|ATTACH|COPY|WHERE|VALUES|ORDER BY)\b/#
                )
                    != nil
        }.map(String.init)
    }

    /// Numbers of ours, which SQLite takes no parameters for.
    private static let numbers = [
        #"try db.execute(sql: "PRAGMA user_version = \(version)")"#,
        #"try db.execute(sql: "PRAGMA application_id = \(applicationID)")"#,
    ]

    @Test func `nothing is put into SQL but through the type that quotes`() throws {
        for file in SourceTree.rooms
        where file.room != "TallyDuckDB" && file.room != "TallyTesting" {
            for line in Self.interpolations(in: file.text) where !Self.numbers.contains(line) {
                Issue.record("\(file.path): bind it instead of writing it into SQL: \(line)")
            }
        }
        // In the engine's room the compiler sees to it: statements are of type SQL, which takes no text.
        let engine = SourceTree.rooms.filter { $0.room == "TallyDuckDB" }
        for file in engine {
            let isDoor = file.path.hasSuffix("/Handles/Connection.swift")
            #expect(isDoor || !file.text.contains("duckdb_prepare("), "\(file.path): statements go through Connection")
            for call in ["duckdb_query(", "duckdb_extract_statements(", "duckdb_prepare_extracted_statement("] {
                #expect(!file.text.contains(call), "\(file.path): \(call) takes any text")
            }
            if isDoor { #expect(Self.doors(in: file.text).isEmpty, "a statement is of type SQL, or a UserQuery") }
        }
        let type = try #require(engine.first { $0.path.hasSuffix("/Handles/Statements/SQL.swift") })
        #expect(Self.gates(in: type.text).isEmpty, "SQL would take texts that nobody quoted")
    }

    /// Functions that take a statement as a text.
    private static func doors(in text: String) -> [String] {
        text.matches(of: #/func \w+\([^)]*\bsql: String/#).map { String($0.output) }
    }

    /// Ways by which a text would become SQL as it is.
    private static func gates(in text: String) -> [String] {
        text.matches(
            of: #/(?:appendInterpolation|appendLiteral)\(_ \w+: (?:String|Substring|some StringProtocol|Any)\b/#
        )
        .map { String($0.output) }
            + text.matches(of: #/\n    init\([^)]*: String\)/#).map { String($0.output) }
            .filter { !$0.contains("type: String") }
    }

    @Test func `a planted text in SQL is found`() {
        #expect(Self.interpolations(in: #"try db.execute(sql: "DELETE FROM run WHERE id = '\(id)'")"#).count == 1)
        #expect(
            Self.interpolations(in: "let sql = \"\"\"\n    SELECT *\n    FROM t WHERE n = \\(name)\n    \"\"\"").count
                == 1)
        #expect(
            Self.interpolations(in: #"Row.fetchAll(db, sql: "SELECT * FROM t WHERE id = ?", arguments: [id])"#).isEmpty)
        #expect(Self.doors(in: "func execute(_ sql: String) throws(DuckFailure) {").count == 1)
        #expect(Self.gates(in: "mutating func appendInterpolation(_ text: String) {").count == 1)
        #expect(Self.gates(in: "struct SQL {\n    init(unsafe text: String) {}\n").count == 1)
    }

    @Test func `what DuckDB gives is reached through the type that compares types`() {
        let places = ["Handles/Vectors/Vector.swift", "Handles/Vectors/VectorWriter.swift"]
        for file in SourceTree.rooms where file.room == "TallyDuckDB" {
            for call in ["duckdb_vector_get_data(", "duckdb_list_vector_get_child(", "duckdb_vector_get_validity("] {
                #expect(
                    !file.text.contains(call) || places.contains { file.path.hasSuffix("/" + $0) },
                    "\(file.path): \(call) knows no type: take a Vector")
            }
        }
    }
}
