// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Names of physical types in one spelling.
enum PhysicalType {
    /// The name in capitals without spaces, and the one name of types that have several.
    ///
    /// Sizes stay where they are part of the type: of decimals, which have no digits after the point unless they say so, and
    /// of times, whose unit they are. A length of texts or bytes is no property of the type where nothing enforces it.
    static func canonical(_ name: String) -> String {
        let text = name.uppercased().trimmedOfSpaces
        if let element = element(of: text) { return canonical(element.type) + "[\(element.length)]" }
        if ["STRUCT", "MAP", "UNION", "ENUM", "ROW"].contains(where: { text.hasPrefix($0 + "(") }) {
            return text.filter { !$0.isWhitespace }
        }
        let (words, sizes) = parts(text)
        let head = names[words] ?? words
        switch head {
        case "DECIMAL":
            guard sizes.count == 1, Int(sizes[0]) != nil else { return head + written(sizes) }
            return "DECIMAL(\(sizes[0]),0)"
        case "FLOAT":
            // The standard of SQL gives the digits in binary.
            return sizes.first.flatMap { Int($0) }.map { $0 > 24 ? "DOUBLE" : "FLOAT" } ?? head
        case "TIMESTAMP":
            return sizes.first.flatMap { Int($0) }.map(timestamp) ?? head
        case _: return sizeless.contains(head) ? head : head + written(sizes)
        }
    }

    /// Whether values of a type, by its canonical name, can be distinguished from others here.
    static func isKnown(_ canonical: String) -> Bool {
        if let element = element(of: canonical) { return isKnown(element.type) }
        let head = String(canonical.prefix { $0 != "(" })
        return known.contains(head)
    }

    /// Whether data of one type, by canonical names, satisfy another; a decimal without sizes stands for any decimal.
    static func isSame(_ written: String, _ found: String) -> Bool {
        written == found || written == "DECIMAL" && found.hasPrefix("DECIMAL(")
    }

    /// The element of a list and its fixed length, which is empty without one.
    private static func element(of text: String) -> (type: String, length: String)? {
        if text.hasSuffix("]"), let bracket = text.lastIndex(of: "[") {
            return (String(text[..<bracket]), String(text[text.index(after: bracket)...].dropLast()).trimmedOfSpaces)
        }
        for head in ["ARRAY<", "LIST<", "ARRAY(", "LIST("] where text.hasPrefix(head) {
            guard let last = text.last, last == ">" || last == ")" else { return nil }
            return (String(text.dropFirst(head.count).dropLast()), "")
        }
        return text.hasSuffix(" ARRAY") ? (String(text.dropLast(" ARRAY".count)), "") : nil
    }

    /// Returns the words of a name without spaces, and the texts in brackets, at any position: `TIME(3) WITH TIME
    /// ZONE`.
    private static func parts(_ text: String) -> (words: String, sizes: [String]) {
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
            return (text.filter { !$0.isWhitespace }, [])
        }
        let sizes = text[text.index(after: open)..<close].split(separator: ",", omittingEmptySubsequences: false)
        let words = String(text[..<open]) + String(text[text.index(after: close)...])
        return (words.filter { !$0.isWhitespace }, sizes.map { String($0).trimmedOfSpaces })
    }

    private static func written(_ sizes: [String]) -> String {
        sizes.isEmpty ? "" : "(" + sizes.joined(separator: ",") + ")"
    }

    /// The type of times with so many digits of a second.
    private static func timestamp(_ digits: Int) -> String {
        switch digits {
        case ...0: "TIMESTAMP_S"
        case ...3: "TIMESTAMP_MS"
        case ...6: "TIMESTAMP"
        default: "TIMESTAMP_NS"
        }
    }

    /// The types whose written size is not checked against data.
    private static let sizeless: Set<String> = [
        "VARCHAR", "BLOB", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "DOUBLE", "TIME", "TIMEWITHTIMEZONE", "TIMESTAMPWITHTIMEZONE",
    ]

    private static let known: Set<String> = sizeless.union([
        "BOOLEAN", "HUGEINT", "UHUGEINT", "FLOAT", "DECIMAL", "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
        "TIMESTAMP_NS", "INTERVAL", "UUID", "JSON", "STRUCT", "MAP", "UNION", "ENUM",
    ])

    private static let names: [String: String] = {
        let groups: [(String, [String])] = [
            ("TINYINT", ["INT1", "BYTE"]), ("SMALLINT", ["SHORT", "INT2", "INT16", "SMALLSERIAL"]),
            ("INTEGER", ["INT", "INT4", "INT32", "SIGNED", "SERIAL", "MEDIUMINT"]),
            ("BIGINT", ["LONG", "INT8", "INT64", "BIGSERIAL"]), ("HUGEINT", ["INT128"]),
            ("UTINYINT", ["UINT8", "TINYINTUNSIGNED"]), ("USMALLINT", ["UINT16", "SMALLINTUNSIGNED"]),
            ("UINTEGER", ["UINT32", "INTUNSIGNED", "INTEGERUNSIGNED", "UNSIGNEDINT", "UNSIGNEDINTEGER"]),
            ("UBIGINT", ["UINT64", "BIGINTUNSIGNED", "UNSIGNEDBIGINT"]), ("UHUGEINT", ["UINT128"]),
            ("FLOAT", ["REAL", "FLOAT4", "FLOAT32"]), ("DOUBLE", ["FLOAT8", "FLOAT64", "DOUBLEPRECISION"]),
            ("DECIMAL", ["NUMERIC", "DEC"]), ("BOOLEAN", ["BOOL", "LOGICAL"]),
            (
                "VARCHAR",
                [
                    "TEXT", "STRING", "CHAR", "BPCHAR", "CHARACTER", "CHARACTERVARYING", "CHARVARYING", "NCHAR",
                    "NCHARVARYING", "NATIONALCHARACTER", "NATIONALCHARACTERVARYING", "NATIONALCHAR",
                    "NATIONALCHARVARYING", "NVARCHAR", "VARCHAR2", "NVARCHAR2", "CHARACTERLARGEOBJECT", "CLOB", "NCLOB",
                    "NTEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "UTF8", "LARGE_STRING",
                ]
            ),
            (
                "BLOB",
                [
                    "BYTEA", "BINARY", "VARBINARY", "BINARYVARYING", "BINARYLARGEOBJECT", "BYTES", "TINYBLOB",
                    "MEDIUMBLOB", "LONGBLOB",
                ]
            ),
            (
                "TIMESTAMP",
                ["DATETIME", "DATETIME2", "TIMESTAMP_US", "TIMESTAMPWITHOUTTIMEZONE", "TIMESTAMP_NTZ", "TIMESTAMPNTZ"]
            ),
            (
                "TIMESTAMPWITHTIMEZONE",
                ["TIMESTAMPTZ", "TIMESTAMP_TZ", "TIMESTAMP_LTZ", "TIMESTAMPWITHLOCALTIMEZONE", "DATETIMEOFFSET"]
            ),
            ("TIME", ["TIMEWITHOUTTIMEZONE"]), ("TIMEWITHTIMEZONE", ["TIMETZ"]), ("DATE", ["DATE32"]),
            ("UUID", ["GUID", "UNIQUEIDENTIFIER"]), ("JSON", ["JSONB"]),
        ]
        let pairs = groups.flatMap { name, others in others.map { ($0, name) } }
        return Dictionary(pairs) { first, _ in first }
    }()
}

extension String {
    fileprivate var trimmedOfSpaces: String {
        let head = drop { $0.isWhitespace }
        return String(String(head.reversed().drop { $0.isWhitespace }.reversed()))
    }
}
