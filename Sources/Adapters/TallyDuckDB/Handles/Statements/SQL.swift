// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// SQL that we wrote: a text from elsewhere goes into it as a quoted name or a quoted value, or as a query of a sandbox.
///
/// A literal of the source is SQL; of what is put between its parts only SQL and numbers are taken, so a text that was
/// forgotten to be quoted does not compile. Two are the same if their bytes are.
struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The statement, or the part of one.
    let text: String
    /// The Parquet files that it reads by a path of ours.
    private(set) var files: [String] = []

    /// What our own source says.
    init(stringLiteral text: StaticString) { self.text = text.description }

    init(stringInterpolation parts: Interpolation) { (text, files) = (parts.text, parts.files) }

    /// A text that was quoted here, or looked at.
    private init(quoted text: String) { self.text = text }

    /// A query that a user wrote and DuckDB's parser took for one statement that gives rows; it is run in a sandbox only.
    init(_ query: UserQuery) { text = query.subquery }

    /// A statement that DuckDB wrote down of a tree; it is run in a sandbox only.
    init(_ statement: WrittenStatement) { text = statement.text }

    /// A type as DuckDB spells it; what is no such spelling becomes a name, which no type has.
    init(type: String) { text = Self.isType(type) ? type : type.asIdentifier.text }

    /// The parts of a text as they come.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text: String
        fileprivate var files: [String] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
        mutating func appendInterpolation(_ sql: SQL) {
            text += sql.text
            files += sql.files
        }
        mutating func appendInterpolation(_ number: some FixedWidthInteger) { text += String(number) }
        mutating func appendInterpolation(_ number: Double) { text += number.description }
        mutating func appendInterpolation(_ number: Float) { text += number.description }
    }

    static func + (left: SQL, right: SQL) -> SQL {
        var sum = SQL(quoted: left.text + right.text)
        sum.files = left.files + right.files
        return sum
    }

    /// The same, which reads these files.
    func reading(_ files: [String]) -> SQL {
        var reading = self
        reading.files += files
        return reading
    }

    /// Whether both have the same bytes.
    func isSame(as other: SQL) -> Bool { text.isSame(as: other.text) }
}

extension String {
    /// The text as a quoted SQL identifier.
    var asIdentifier: SQL { SQL.quoting(self, with: "\"") }

    /// The text as a quoted SQL string.
    var asLiteral: SQL { SQL.quoting(self, with: "'") }

    /// The path as a glob that matches exactly this path.
    var asGlobLiteral: String { FileGlob.exactly(self) }
}

extension SQL {
    fileprivate static func quoting(_ text: String, with quote: Unicode.Scalar) -> SQL {
        SQL(quoted: text.quoted(by: quote))
    }

    /// Bytes in hexadecimal digits, as DuckDB reads them in a string.
    static func escaped(_ bytes: [UInt8]) -> SQL {
        SQL(quoted: "'" + bytes.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "'")
    }

    /// Whether a text is made as DuckDB makes the names of types: words, numbers and brackets, and quoted names of parts.
    private static func isType(_ text: String) -> Bool {
        var quote: UInt8?
        var open = 0
        for byte in text.utf8 {
            switch (quote, byte) {
            // A doubled quote closes the text and opens it again.
            case (nil, UInt8(ascii: "'")), (nil, UInt8(ascii: "\"")): quote = byte
            case (nil, UInt8(ascii: "a")...UInt8(ascii: "z")), (nil, UInt8(ascii: "A")...UInt8(ascii: "Z")),
                (nil, UInt8(ascii: "0")...UInt8(ascii: "9")):
                break
            case (nil, UInt8(ascii: "(")): open += 1
            case (nil, UInt8(ascii: ")")):
                open -= 1
                if open < 0 { return false }
            case (nil, _): if !" _,[]".utf8.contains(byte) { return false }
            case (let quoted?, _): if byte == quoted { quote = nil }
            }
        }
        return quote == nil && open == 0 && !text.isEmpty
    }
}

extension Sequence<SQL> {
    /// The parts in one, with something of ours between them.
    func joined(separator: SQL) -> SQL {
        var joined: SQL?
        for part in self { joined = joined.map { $0 + separator + part } ?? part }
        return joined ?? ""
    }
}
