// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The description of a table of files, and the state of the files when it was made.
public struct Described: Sendable, Hashable {
    let patterns: [String]
    let format: Source.FileFormat
    /// The options that the description depends on besides the files: how text is read, and the declared types.
    let reading: JSON
    let look: Fingerprint
    let columns: [TableDescription.Column]
    /// Whether every declared value of text could be read.
    let isRead: Bool
    /// The key of the table: the digest of its patterns, format and reading options.
    let key: Fingerprint

    init(
        patterns: [String], format: Source.FileFormat, reading: JSON, look: Fingerprint,
        columns: [TableDescription.Column], isRead: Bool
    ) {
        self.patterns = patterns
        self.format = format
        self.reading = reading
        self.look = look
        self.columns = columns
        self.isRead = isRead
        key = Self.key(patterns, format, reading)
    }

    /// Returns the options that decide how a table is read: text options, declared types and partitions.
    static func reading(of table: TableReference) -> JSON {
        guard case .files = table.rows else { return .null }
        let partitions = table.partitions.map { [("partitions", JSON.string($0))] } ?? []
        return .object([("text", table.text.json), ("types", .columns(table.types))] + partitions)
    }

    /// Returns the key of a table; nil for a query, whose files are not known.
    ///
    /// The zone does not count: a description says types, not instants.
    static func key(of table: TableReference) -> Fingerprint? {
        guard case .files(let patterns, let format) = table.rows else { return nil }
        return key(patterns, format, reading(of: table))
    }

    private static func key(_ patterns: [String], _ format: Source.FileFormat, _ reading: JSON) -> Fingerprint {
        Fingerprint(of: (patterns + [format.rawValue, reading.canonicalText]).joined(separator: "\u{0}").utf8)
    }
}

extension Described {
    /// Reads what `json` gave; nil for anything else.
    init?(json: JSON) {
        guard let patterns = json["files"]?.arrayValue?.compactMap(\.stringValue),
            let format = json["format"]?.stringValue.flatMap(Source.FileFormat.init(rawValue:)),
            let look = json["look"]?.stringValue.flatMap(Fingerprint.init(hex:)),
            let texts = json["columns"]?.arrayValue, let reading = json["reading"]
        else { return nil }
        let columns = texts.compactMap(TableDescription.Column.init(remembered:))
        guard columns.count == texts.count else { return nil }
        self.init(
            patterns: patterns, format: format, reading: reading, look: look, columns: columns,
            isRead: json["isRead"]?.boolValue ?? false)
    }

    var json: JSON {
        .object([
            ("files", .array(patterns.map { .string($0) })), ("format", .string(format.rawValue)),
            ("reading", reading), ("look", .string(look.hex)), ("columns", .array(columns.map(\.remembered))),
            ("isRead", .bool(isRead)),
        ])
    }
}

extension TableDescription.Column {
    /// Reads what `remembered` gave; nil for anything else.
    fileprivate init?(remembered json: JSON) {
        guard let name = json["name"]?.stringValue, let native = json["native"]?.stringValue,
            let isText = json["isText"]?.boolValue
        else { return nil }
        let types = ["type", "carrier"].map { json[$0]?.stringValue }
        let read = types.map { $0.flatMap(DataType.init(name:)) }
        guard zip(types, read).allSatisfy({ ($0 == nil) == ($1 == nil) }) else { return nil }
        self.init(
            name: name, type: read[0], nativeType: native, carrier: read[1], isText: isText,
            isValueless: json["isValueless"]?.boolValue ?? false, conflict: json["conflict"]?.stringValue,
            exactType: json["exactType"]?.stringValue, gap: json["gap"].flatMap(ColumnGap.init(json:)),
            file: json["file"]?.stringValue)
    }

    fileprivate var remembered: JSON {
        .object([
            ("name", .string(name)), ("type", .optional(type?.name)), ("native", .string(nativeType)),
            ("carrier", .optional(carrier?.name)), ("isText", .bool(isText)), ("isValueless", .bool(isValueless)),
            ("conflict", .optional(conflict)), ("exactType", .optional(exactType)), ("gap", gap?.json ?? .null),
            ("file", .optional(file)),
        ])
    }
}
