// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The options by which text in CSV and JSON files becomes values, as a source or spine declares them
/// (`docs/reading.md`).
public struct TextOptions: Sendable, Hashable {
    /// The character encoding of a file.
    public enum Encoding: String, Sendable, Hashable, CaseIterable {
        case utf8 = "utf-8"
        case latin1 = "latin-1"
        case windows1252 = "windows-1252"
        case utf16 = "utf-16"
    }

    /// The character between the whole part and the fraction of a number.
    public enum DecimalMark: String, Sendable, Hashable, CaseIterable {
        case point = "."
        case comma = ","
    }

    /// The texts that are null in addition to the empty field, such as `NA`.
    public let nulls: [String]
    /// Whether blanks around a value are left out.
    public let trims: Bool
    /// The decimal mark of floats.
    public let decimal: DecimalMark
    /// The pattern of times and dates (`TimePattern`); nil for ISO 8601.
    public let timeFormat: String?
    /// Patterns of single columns, before `timeFormat`.
    public let formats: [String: String]
    /// The byte between the fields of a CSV file.
    public let delimiter: UInt8
    /// The encoding of the files.
    public let encoding: Encoding

    /// Plain files: commas, points, UTF-8, ISO 8601, and null only where a field is empty.
    public static let plain = TextOptions()

    /// Declares how text is read.
    public init(
        nulls: [String] = [], trims: Bool = false, decimal: DecimalMark = .point, timeFormat: String? = nil,
        formats: [String: String] = [:], delimiter: UInt8 = UInt8(ascii: ","), encoding: Encoding = .utf8
    ) {
        self.nulls = nulls
        self.trims = trims
        self.decimal = decimal
        self.timeFormat = timeFormat
        self.formats = formats
        self.delimiter = delimiter
        self.encoding = encoding
    }

    /// The pattern of a column's times; nil for ISO 8601.
    public func format(of column: String) -> String? { ownFormat(of: column) ?? timeFormat }

    /// The pattern that was declared for this column; nil where none was.
    public func ownFormat(of column: String) -> String? {
        formats.first { $0.key.utf8.elementsEqual(column.utf8) }?.value
    }

    /// Returns the options with a pattern of a column's own; unchanged for nil.
    public func reading(_ column: String?, as format: String?) -> TextOptions {
        guard let column, let format else { return self }
        var formats = formats
        formats[column] = format
        return TextOptions(
            nulls: nulls, trims: trims, decimal: decimal, timeFormat: timeFormat, formats: formats,
            delimiter: delimiter, encoding: encoding)
    }
}

extension TextOptions {
    /// The options that differ from plain files, in the words of a source's YAML; empty for plain files.
    public var json: JSON {
        var members: [(String, JSON)] = []
        if !nulls.isEmpty { members.append(("nulls", .array(nulls.map { .string($0) }))) }
        if trims { members.append(("trim", .bool(true))) }
        if decimal != .point { members.append(("decimal", .string(decimal.rawValue))) }
        if let timeFormat { members.append(("timeFormat", .string(timeFormat))) }
        if !formats.isEmpty {
            let sorted = formats.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            members.append(("formats", .object(sorted.map { ($0.key, .string($0.value)) })))
        }
        if delimiter != Self.plain.delimiter {
            members.append(("delimiter", .string(String(decoding: [delimiter], as: UTF8.self))))
        }
        if encoding != .utf8 { members.append(("encoding", .string(encoding.rawValue))) }
        return .object(members)
    }

    /// Reads what `json` gave; nil for anything else.
    public init?(json: JSON) {
        let formats = (json["formats"]?.objectValue ?? []).compactMap { member in
            member.value.stringValue.map { (member.name, $0) }
        }
        let delimiter = json["delimiter"]?.stringValue.map { Array($0.utf8) }
        guard delimiter?.count ?? 1 == 1,
            let decimal = DecimalMark(rawValue: json["decimal"]?.stringValue ?? DecimalMark.point.rawValue),
            let encoding = Encoding(rawValue: json["encoding"]?.stringValue ?? Encoding.utf8.rawValue)
        else { return nil }
        self.init(
            nulls: json["nulls"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            trims: json["trim"]?.boolValue ?? false, decimal: decimal, timeFormat: json["timeFormat"]?.stringValue,
            formats: Dictionary(formats) { first, _ in first }, delimiter: delimiter?.first ?? Self.plain.delimiter,
            encoding: encoding)
    }
}
