// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Takes the texts of one column and gives them back as a column of its type.
///
/// A text that is no value of the type is left out by `append`, and its reader adds a null and a failure in its place.
class ColumnSink {
    let type: DataType
    /// The number of values so far, nulls included.
    private(set) final var count = 0
    /// The places of the nulls among them, in order.
    private final var nulls: [Int] = []

    init(_ type: DataType) { self.type = type }

    /// Takes the text of a value; false where it is none of the type.
    func append(_ text: Span<UInt8>) -> Bool { false }

    /// Appends a list from JSON text; false for every type but lists.
    func append(list text: Span<UInt8>) -> Bool { false }

    /// Takes a value of JSON by the rules of `docs/reading.md`: texts by their characters, numbers by digits, words by
    /// letters.
    ///
    /// False where it is no value of the type.
    func take(_ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>) -> Bool {
        switch kind {
        case .null:
            appendNull()
            return true
        case .text(let isEscaped):
            guard isEscaped else { return append(text.extracting(token)) }
            guard let plain = JSONScanner.unescaped(text.extracting(token)) else { return false }
            return append(plain.span)
        case .number, .word: return append(text.extracting(token))
        case .array: return type == .string ? append(text.extracting(token)) : append(list: text.extracting(token))
        case .object: return type == .string && append(text.extracting(token))
        }
    }

    /// Takes a null.
    func appendNull() {
        nulls.append(count)
        count += 1
    }

    /// Notes a value that a subclass has taken.
    final func mark() { count += 1 }

    /// The storage so far; the subclass starts again.
    func takeStorage() -> Column.Storage { .bool([]) }

    /// Forgets which values were null, for a sink that keeps none.
    final func forget() {
        nulls.removeAll(keepingCapacity: true)
        count = 0
    }

    /// The values so far; the sink starts again with none.
    final func take() -> Column {
        defer { forget() }
        return Column(type: type, storage: takeStorage(), validity: validity)
    }

    private var validity: Validity {
        guard !nulls.isEmpty else { return Validity(allPresent: count) }
        var words = [UInt64](repeating: .max, count: (count + 63) / 64)
        for place in nulls { words[place >> 6] &= ~(1 << UInt64(place & 63)) }
        return Validity(words: words, count: count)
    }

    /// The sink of a column.
    static func make(
        _ column: TextColumn, options: TextOptions, clock: WallClock?, counts: ReadingCounts
    ) -> ColumnSink {
        switch column.part {
        case .values: break
        case .readability:
            let plain = TextColumn(
                name: column.name, type: column.type, pattern: column.pattern, rounding: column.rounding,
                day: column.day)
            return ReadabilitySink(make(plain, options: options, clock: clock, counts: ReadingCounts()))
        case .cutNanoseconds: return CutSink(column)
        }
        let mark = options.decimal == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".")
        switch column.type {
        case .bool: return BoolSink()
        case .int32: return Int32Sink()
        case .int64: return Int64Sink()
        case .float32: return FloatSink(mark)
        case .float64: return DoubleSink(mark)
        case .string: return TextSink(.string)
        case .bytes: return BytesSink(.bytes)
        case .date: return DateSink(column.pattern)
        case .timestamp: return TimeSink(column, clock, counts)
        case .array(let element):
            let inner = TextColumn(
                name: column.name, type: element, pattern: column.pattern, rounding: column.rounding, day: column.day)
            return ListSink(column.type, make(inner, options: options, clock: clock, counts: counts))
        }
    }
}

/// Truth in the words of the law, in any case.
private final class BoolSink: ColumnSink {
    private var values: [UInt8] = []

    init() { super.init(.bool) }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let value = Self.value(text) else { return false }
        values.append(value ? 1 : 0)
        mark()
        return true
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        return .bool(values)
    }

    private static func value(_ text: Span<UInt8>) -> Bool? {
        var word: UInt64 = 0
        guard (1...5).contains(text.count) else { return nil }
        for index in text.indices { word = word << 8 | UInt64(text[index] | 0x20) }
        // `1` and `0` have the bit that makes small letters of capitals; 0x11 and 0x10 have not, and are told apart here.
        if text.count == 1, text[0] < 0x30 { return nil }
        switch word {
        case 0x31, 0x74, 0x79_6573, 0x7472_7565: return true
        case 0x30, 0x66, 0x6E6F, 0x66_616C_7365: return false
        default: return nil
        }
    }
}

/// Text, byte for byte.
private final class TextSink: ColumnSink {
    private var offsets = [0]
    private var bytes: [UInt8] = []

    override func append(_ text: Span<UInt8>) -> Bool {
        guard UTF8Text.isValid(text) else { return false }
        bytes.append(addingCapacity: text.count) { bytes in
            for index in text.indices { bytes.append(text[index]) }
        }
        offsets.append(bytes.count)
        mark()
        return true
    }

    override func appendNull() {
        offsets.append(bytes.count)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { (offsets, bytes) = ([0], []) }
        return .bytes(offsets: offsets, bytes: bytes)
    }
}

/// A sink of bytes: ASCII unchanged, all others as `\xFF`.
private final class BytesSink: ColumnSink {
    private var offsets = [0]
    private var bytes: [UInt8] = []

    override func append(_ text: Span<UInt8>) -> Bool {
        let start = bytes.count
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\\") {
                guard index + 3 < text.count, text[index + 1] | 0x20 == UInt8(ascii: "x"),
                    let high = Self.hex(text[index + 2]), let low = Self.hex(text[index + 3])
                else {
                    bytes.removeSubrange(start...)
                    return false
                }
                bytes.append(high << 4 | low)
                index += 4
            } else if byte < 0x80 {
                bytes.append(byte)
                index += 1
            } else {
                bytes.removeSubrange(start...)
                return false
            }
        }
        offsets.append(bytes.count)
        mark()
        return true
    }

    override func appendNull() {
        offsets.append(bytes.count)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { (offsets, bytes) = ([0], []) }
        return .bytes(offsets: offsets, bytes: bytes)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
