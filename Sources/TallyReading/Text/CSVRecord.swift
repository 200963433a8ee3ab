// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Cuts CSV (RFC 4180) into records and fields.
///
/// Lines end with `\n`, `\r\n` or `\r`, also mixed. A field that begins with a quote ends with one, and doubled quotes in
/// it stand for one; in any other field a quote stands for itself. Nothing is a comment.
struct CSVRecord {
    /// The range of a field's characters, and their notation.
    struct Field {
        var range: Range<Int>
        var isQuoted = false
        /// Whether quotes are doubled in it.
        var isDoubled = false
    }

    /// The way in which a record ends.
    enum End: Equatable {
        /// The next record begins there.
        case at(Int)
        /// The bytes end before it.
        case incomplete
        /// A quoted field continues after its closing quote; the line ends there.
        case textBehindQuote(next: Int)
        /// A quoted field never ends.
        case openQuote
    }

    /// The fields of the record, the first `mostFields` of them.
    private(set) var fields: [Field] = []
    /// The number of fields of the record.
    private(set) var fieldCount = 0
    /// The number of fields that are kept: those behind them are only counted, so that a line of nothing but delimiters
    /// takes no more memory than a row.
    var mostFields = Int.max
    /// Ends of lines within the record's quotes.
    private(set) var innerLines = 0
    /// Whether the bytes that were read last end within quotes.
    private(set) var isInQuote = false
    private let delimiter: UInt8
    private static let quote = UInt8(ascii: "\"")

    init(delimiter: UInt8) { self.delimiter = delimiter }

    /// Whether the line was empty.
    var isBlank: Bool { fieldCount == 1 && !fields[0].isQuoted && fields[0].range.isEmpty }

    /// Reads the record that begins at `start`; `isLast` means that no bytes follow these.
    mutating func read(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> End {
        fields.removeAll(keepingCapacity: true)
        fieldCount = 0
        innerLines = 0
        isInQuote = false
        var index = start
        let count = bytes.count
        while true {
            if index < count, bytes[index] == Self.quote {
                guard let close = closingQuote(bytes, from: index + 1, isLast: isLast) else {
                    isInQuote = true
                    return isLast ? .openQuote : .incomplete
                }
                index = close + 1
                guard index < count else { return isLast ? .at(count) : .incomplete }
                let byte = bytes[index]
                if byte == delimiter {
                    index += 1
                    continue
                }
                if byte == 0x0A { return .at(index + 1) }
                if byte == 0x0D { return carriageReturn(bytes, index, isLast: isLast) }
                while index < count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
                guard index < count || isLast else { return .incomplete }
                guard index < count, bytes[index] == 0x0D else { return .textBehindQuote(next: min(count, index + 1)) }
                guard case .at(let next) = carriageReturn(bytes, index, isLast: isLast) else { return .incomplete }
                return .textBehindQuote(next: next)
            }
            let first = index
            while index < count {
                let byte = bytes[index]
                if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
                index += 1
            }
            guard index < count || isLast else { return .incomplete }
            append(Field(range: first..<index))
            guard index < count else { return .at(count) }
            switch bytes[index] {
            case delimiter: index += 1
            case 0x0A: return .at(index + 1)
            default: return carriageReturn(bytes, index, isLast: isLast)
            }
        }
    }

    private mutating func append(_ field: Field) {
        fieldCount += 1
        if fieldCount <= mostFields { fields.append(field) }
    }

    /// The closing quote of a field that begins behind `start`; appends the field.
    private mutating func closingQuote(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
        var index = start
        let count = bytes.count
        var isDoubled = false
        while index < count {
            let byte = bytes[index]
            if byte == Self.quote {
                if index + 1 < count {
                    if bytes[index + 1] == Self.quote {
                        isDoubled = true
                        index += 2
                        continue
                    }
                } else if !isLast {
                    return nil
                }
                append(Field(range: start..<index, isQuoted: true, isDoubled: isDoubled))
                return index
            }
            if byte == 0x0A || byte == 0x0D && index + 1 < count && bytes[index + 1] != 0x0A { innerLines += 1 }
            index += 1
        }
        return nil
    }

    private func carriageReturn(_ bytes: Span<UInt8>, _ index: Int, isLast: Bool) -> End {
        guard index + 1 < bytes.count else { return isLast ? .at(index + 1) : .incomplete }
        return .at(bytes[index + 1] == 0x0A ? index + 2 : index + 1)
    }

    /// The characters of a quoted field, each doubled quote once.
    static func undoubled(_ bytes: Span<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            plain.append(bytes[index])
            index += bytes[index] == quote ? 2 : 1
        }
        return plain
    }
}
