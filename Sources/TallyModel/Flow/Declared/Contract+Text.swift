// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Contract.Column {
    /// The type that a column of a text file is read as, from the standard's word for it; nil where the data decide.
    public var textType: DataType? {
        switch logicalType {
        case "string", "time": .string
        case "date": .date
        case "timestamp": .timestamp
        case "number": .float64
        case "integer": .int64
        case "boolean": .bool
        default: nil
        }
    }
}

extension Contract.Object {
    /// The pattern in which a column's times are written, as the contract declares it.
    public struct TimeFormat: Sendable, Hashable {
        /// The pattern.
        public let pattern: String
        /// Whether times can be read by it here; where they cannot, the column is not read, as anything else is a guess.
        public let isUnderstood: Bool
    }

    /// The form of the dates or times of a column, by its declared name; nil where none is written.
    public func timeFormat(of column: String) -> TimeFormat? {
        let promise = promises.first {
            $0.check == "timeFormat" && $0.column?.utf8.elementsEqual(column.utf8) == true
        }
        guard let arguments = promise?.arguments, let pattern = arguments["format"]?.stringValue else { return nil }
        return TimeFormat(pattern: pattern, isUnderstood: arguments["isUnderstood"]?.boolValue != false)
    }
}

extension Source {
    /// The source, whose times in text are read by the patterns of its contract.
    ///
    /// A pattern that the source itself gives to a column is stronger, and `timeFormat` for all of them weaker. Files that
    /// hold times, and not texts of them, have nothing to read by a pattern.
    public func reading(as contract: Contract) -> Source {
        guard isText, let object = contract.object(forSource: name) else { return self }
        var text = text
        for column in object.columns where column.textType == .date || column.textType == .timestamp {
            guard let format = object.timeFormat(of: column.name) else { continue }
            let name = column.physicalName ?? column.name
            guard !text.formats.keys.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { continue }
            text = text.reading(name, as: format.pattern)
        }
        guard text != self.text else { return self }
        return Source(
            name: name, location: location, eventTime: eventTime, knownTime: knownTime, timeZone: timeZone,
            columns: columns, text: text, contract: self.contract, partitions: partitions, firstSeen: firstSeen,
            history: history,
            annotation: annotation)
    }
}
