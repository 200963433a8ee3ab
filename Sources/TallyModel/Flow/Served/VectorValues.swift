// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The values and statuses of feature vectors while they are put together, in any order.
///
/// Every value is `notFound` at first. A value of fixed width is kept as its bits, so that taking a stored row apart is a
/// loop over words.
public struct VectorValues: Sendable {
    /// The number of entities.
    public let count: Int
    private let types: [DataType]
    /// Column by column; bits of floats, integers sign-extended.
    private var bits: [UInt64]
    /// The values of each column whose width varies; nothing for others.
    private var others: [[Value]]
    /// Column by column, as in `FeatureVectors`.
    public private(set) var statuses: [ValueStatus]
    /// Places that show a default, though the status is not `present`.
    private var replaced: Set<Int> = []

    /// Starts with nothing found.
    public init(types: [DataType], count: Int) {
        self.types = types
        self.count = count
        bits = [UInt64](repeating: 0, count: types.count * count)
        others = types.map { $0.isFixedWidth ? [] : [Value](repeating: .null, count: count) }
        statuses = [ValueStatus](repeating: .notFound, count: types.count * count)
    }

    /// Records the reason why an entity has no value in a column.
    public mutating func mark(_ column: Int, _ entity: Int, _ status: ValueStatus) {
        let place = column * count + entity
        statuses[place] = status
        bits[place] = 0
        if !types[column].isFixedWidth { others[column][entity] = .null }
    }

    /// Replaces a value that breaks its promise; the status records it.
    public mutating func replace(_ column: Int, _ entity: Int, _ value: Value) {
        set(column, entity, value)
        let place = column * count + entity
        statuses[place] = .broken
        if !value.isNull { replaced.insert(place) }
    }

    /// Takes a value, which is present, or null.
    public mutating func set(_ column: Int, _ entity: Int, _ value: Value) {
        let place = column * count + entity
        statuses[place] = value.isNull ? .null : .present
        if types[column].isFixedWidth { bits[place] = value.fixedBits ?? 0 } else { others[column][entity] = value }
    }

    /// Returns the text or list of one entity in a column of varying width, whatever its status.
    public func varying(_ column: Int, _ entity: Int) -> Value {
        precondition(!types[column].isFixedWidth, "column \(column) is of fixed width")
        return others[column][entity]
    }

    /// Takes an entity's stored row: for each stored value, the column that shows it, or -1 for none.
    ///
    /// False when the bytes are not exactly one row of the decoder's types; some values may have been taken by then.
    public mutating func take(
        _ bytes: RawSpan, _ range: Range<Int>, _ decoder: RowDecoder, entity: Int, columns: [Int]
    ) -> Bool {
        let row = bytes.extracting(range)
        if let start = decoder.startOfWords(row) {
            Self.take(row, from: start, (entity, count), columns: columns, &bits, &statuses)
            return true
        }
        let types = decoder.types
        var (presence, cursor) = (ByteCursor(), ByteCursor())
        guard cursor.skip(row, (types.count + 7) / 8) != nil else { return false }
        var mask: UInt8 = 0
        for index in types.indices {
            if index % 8 == 0 {
                guard let next: UInt8 = presence.integer(row) else { return false }
                mask = next
            }
            let place = columns[index] * count + entity
            guard mask >> UInt8(index % 8) & 1 == 1 else {
                if columns[index] >= 0 { set(columns[index], entity, .null) }
                continue
            }
            if let word = decoder.word(index, row, &cursor) {
                guard columns[index] >= 0 else { continue }
                bits[place] = word
                statuses[place] = .present
            } else {
                guard let value = decoder.value(index, row, &cursor) else { return false }
                if columns[index] >= 0 { set(columns[index], entity, value) }
            }
        }
        return cursor.offset == row.byteCount
    }

    /// Takes a row of eight bytes a value without nulls, which is the common case.
    private static func take(
        _ row: RawSpan, from start: Int, _ place: (entity: Int, count: Int), columns: [Int], _ bits: inout [UInt64],
        _ statuses: inout [ValueStatus]
    ) {
        var cursor = ByteCursor()
        guard cursor.skip(row, start) != nil else { return }
        var words = bits.mutableSpan
        var shown = statuses.mutableSpan
        for column in columns {
            guard let word: UInt64 = cursor.integer(row) else { return }
            guard column >= 0 else { continue }
            words[column * place.count + place.entity] = word
            shown[column * place.count + place.entity] = .present
        }
    }

    /// Shows in a column what another one of the same type shows.
    public mutating func copy(_ source: Int, to target: Int) {
        let (from, to) = (source * count..<(source + 1) * count, target * count..<(target + 1) * count)
        bits[to] = bits[from]
        statuses[to] = statuses[from]
        others[target] = others[source]
        guard !replaced.isEmpty else { return }
        for entity in 0..<count where replaced.contains(source * count + entity) {
            replaced.insert(target * count + entity)
        }
    }

    /// The entities for which a test of the bits holds, in order; for columns of fixed width.
    ///
    /// The bits are those of a float or a sign-extended integer; where the value is null they mean nothing.
    public func entities(in index: Int, where holds: (_ word: UInt64, _ isNull: Bool) -> Bool) -> [Int] {
        precondition(types[index].isFixedWidth, "column \(index) is of varying width")
        var found: [Int] = []
        for entity in 0..<count {
            let place = index * count + entity
            if holds(bits[place], !isShown(place)) { found.append(entity) }
        }
        return found
    }

    /// Hands over the bits of a column of fixed width in which every value is present; nil for any other column.
    public func withWords<Result>(ofWhole index: Int, _ body: (Span<UInt64>) -> Result) -> Result? {
        let range = index * count..<(index + 1) * count
        guard types[index].isFixedWidth, statuses[range].allSatisfy({ $0 == .present }) else { return nil }
        return body(bits.span.extracting(range))
    }

    /// Whether a place shows a value.
    private func isShown(_ place: Int) -> Bool {
        statuses[place] == .present || statuses[place] == .broken && replaced.contains(place)
    }

    /// Returns a column of all entities, null wherever no value is present.
    public func column(_ index: Int) -> Column {
        let (type, range) = (types[index], index * count..<(index + 1) * count)
        let validity =
            statuses[range].allSatisfy { $0 == .present }
            ? Validity(allPresent: count)
            : Validity(count: count) { isShown(range.lowerBound + $0) }
        let words = bits[range]
        let storage: Column.Storage
        switch type {
        case .bool: storage = .bool(words.map { UInt8(truncatingIfNeeded: $0) })
        case .int32, .date: storage = .int32(words.map { Int32(truncatingIfNeeded: $0) })
        case .int64, .timestamp: storage = .int64(words.map { Int64(bitPattern: $0) })
        case .float32: storage = .float32(words.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
        case .float64: storage = .float64(words.map { Double(bitPattern: $0) })
        case .string, .bytes, .array: return Column(type: type, values: others[index])
        }
        return Column(type: type, storage: storage, validity: validity)
    }
}

extension Value {
    /// The bits of a value of fixed width; nil for others and for null.
    fileprivate var fixedBits: UInt64? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int32(let value): UInt64(bitPattern: Int64(value))
        case .date(let value): UInt64(bitPattern: Int64(value.days))
        case .int64(let value): UInt64(bitPattern: value)
        case .timestamp(let value): UInt64(bitPattern: value.microseconds)
        case .float32(let value): UInt64(value.bitPattern)
        case .float64(let value): value.bitPattern
        case .null, .string, .bytes, .array: nil
        }
    }
}
