// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Guesses which type was meant by a text that is none.
enum TypeProposal {
    /// The type's spelling; nil when there is no guess.
    static func proposal(for text: String) -> String? {
        let lower = text.lowercased().filter { $0 != " " }
        if let scalar = scalar(lower) { return scalar }
        for (head, tail) in [
            ("array<", ">"), ("list<", ">"), ("array(", ")"), ("list(", ")"), ("array[", "]"), ("list[", "]"),
            ("", "[]"),
        ]
        where lower.hasPrefix(head) && lower.hasSuffix(tail) && lower.count > head.count + tail.count {
            guard let element = scalar(String(lower.dropFirst(head.count).dropLast(tail.count))) else { continue }
            return "array<\(element)>"
        }
        return nil
    }

    private static func scalar(_ text: String) -> String? {
        let names = DataType.scalars.map(\.name)
        if names.contains(text) { return text }
        let synonyms = [
            "int": "int64", "integer": "int64", "bigint": "int64", "long": "int64", "smallint": "int32",
            "int16": "int32", "int8": "int32", "float": "float64", "double": "float64", "real": "float32",
            "number": "float64", "decimal": "float64", "str": "string", "text": "string", "varchar": "string",
            "utf8": "string", "boolean": "bool", "binary": "bytes", "blob": "bytes", "datetime": "timestamp",
            "timestamptz": "timestamp", "time": "timestamp", "day": "date",
        ]
        return synonyms[text] ?? nearestName(to: text, among: names)
    }
}
