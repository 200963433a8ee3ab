// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Names of physical types in one spelling.
enum PhysicalType {
    /// The name in capitals without spaces, and the one name of types that have several.
    static func canonical(_ name: String) -> String {
        let text = name.uppercased().filter { !$0.isWhitespace }
        let head = text.prefix { $0 != "(" && $0 != "[" }
        let tail = text.dropFirst(head.count)
        if let plain = names[String(head)] {
            // A length of a text type is no property of the type itself where nothing enforces it.
            return plain == "VARCHAR" ? plain : plain + tail
        }
        return text
    }

    private static let names: [String: String] = [
        "INT": "INTEGER", "INT4": "INTEGER", "INT32": "INTEGER", "SIGNED": "INTEGER",
        "LONG": "BIGINT", "INT8": "BIGINT", "INT64": "BIGINT", "BIGINT": "BIGINT",
        "SHORT": "SMALLINT", "INT2": "SMALLINT", "INT16": "SMALLINT", "INT1": "TINYINT", "BYTE": "TINYINT",
        "REAL": "FLOAT", "FLOAT4": "FLOAT", "FLOAT32": "FLOAT",
        "FLOAT8": "DOUBLE", "FLOAT64": "DOUBLE", "DOUBLEPRECISION": "DOUBLE",
        "TEXT": "VARCHAR", "STRING": "VARCHAR", "CHAR": "VARCHAR", "BPCHAR": "VARCHAR", "VARCHAR": "VARCHAR",
        "UTF8": "VARCHAR", "NVARCHAR": "VARCHAR",
        "BOOL": "BOOLEAN", "LOGICAL": "BOOLEAN", "NUMERIC": "DECIMAL", "DEC": "DECIMAL",
        "BYTEA": "BLOB", "BINARY": "BLOB", "VARBINARY": "BLOB", "BYTES": "BLOB",
        "DATETIME": "TIMESTAMP", "TIMESTAMP_US": "TIMESTAMP", "TIMESTAMPWITHOUTTIMEZONE": "TIMESTAMP",
        "TIMESTAMP_NTZ": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMPWITHTIMEZONE", "TIMESTAMP_TZ": "TIMESTAMPWITHTIMEZONE",
    ]
}
