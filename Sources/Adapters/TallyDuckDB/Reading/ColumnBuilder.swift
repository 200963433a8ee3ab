// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Collects the vectors of one column until it is taken as a `Column`.
protocol ColumnBuilder: AnyObject {
    /// What the vectors hold that are appended.
    var vectorType: VectorType { get }
    /// Appends rows of a vector.
    func append(_ vector: Vector, _ rows: Range<Int>)
    /// The rows so far; the builder starts again with none.
    func take() -> Column
    /// Wall times so far, taken or not, that the clock skipped or showed twice.
    var irregular: Int { get }
}

extension ColumnBuilder {
    var irregular: Int { 0 }
}

/// Builds the builder of a plan's type.
func makeBuilder(_ type: DataType, _ time: TimeReader?) -> any ColumnBuilder {
    switch type {
    case .bool: FixedBuilder<UInt8>(type) { .bool($0) }
    case .int32, .date: FixedBuilder<Int32>(type) { .int32($0) }
    case .int64: FixedBuilder<Int64>(type) { .int64($0) }
    case .float32: FixedBuilder<Float>(type) { .float32($0) }
    case .float64: FixedBuilder<Double>(type) { .float64($0) }
    case .timestamp: TimeBuilder(time ?? TimeReader(unit: TimeUnit(scale: .microseconds, isZoned: true), zone: nil))
    case .string, .bytes: BytesBuilder(type)
    case .array(let element): ListBuilder(type, makeBuilder(element, time))
    }
}

/// Collects validity words at any bit offset.
struct ValidityBuilder {
    private var words: [UInt64] = []
    private(set) var count = 0

    /// Appends the bits of rows; nil stands for all valid.
    mutating func append(_ bits: UnsafePointer<UInt64>?, _ rows: Range<Int>) {
        if let bits = unsafe bits, rows.lowerBound & 63 == 0, count & 63 == 0 {
            for word in rows.lowerBound / 64..<(rows.upperBound + 63) / 64 { unsafe words.append(bits[word]) }
        } else if unsafe bits == nil, count & 63 == 0 {
            words.append(contentsOf: repeatElement(.max, count: (rows.count + 63) / 64))
        } else {
            for row in rows {
                let place = count + row - rows.lowerBound
                if place & 63 == 0 { words.append(0) }
                let isValid = unsafe bits.map { unsafe $0[row >> 6] >> UInt64(row & 63) & 1 == 1 } ?? true
                let bit: UInt64 = 1 << UInt64(place & 63)
                if isValid { words[place >> 6] |= bit } else { words[place >> 6] &= ~bit }
            }
        }
        count += rows.count
    }

    /// The validity of all rows so far; starts again with none.
    mutating func take() -> Validity {
        defer { self = ValidityBuilder() }
        return Validity(words: words, count: count)
    }
}

/// Collects fixed-width values that need no conversion.
private final class FixedBuilder<Element: Numeric & BitwiseCopyable>: ColumnBuilder {
    private let type: DataType
    var vectorType: VectorType { VectorType(type) }
    private let wrap: ([Element]) -> Column.Storage
    private var values: [Element] = []
    private var validity = ValidityBuilder()

    init(_ type: DataType, _ wrap: @escaping ([Element]) -> Column.Storage) {
        self.type = type
        self.wrap = wrap
    }

    func append(_ vector: Vector, _ rows: Range<Int>) {
        let source = unsafe vector.values(as: Element.self)
        let start = values.count
        unsafe values.append(contentsOf: UnsafeBufferPointer(start: source + rows.lowerBound, count: rows.count))
        unsafe validity.append(vector.validity.map { unsafe UnsafePointer($0) }, rows)
        guard unsafe vector.validity != nil else { return }
        for row in rows where !vector.isValid(row) { values[start + row - rows.lowerBound] = 0 }
    }

    func take() -> Column {
        defer { values = [] }
        return Column(type: type, storage: wrap(values), validity: validity.take())
    }
}

/// Collects instants.
private final class TimeBuilder: ColumnBuilder {
    private let reader: TimeReader
    var vectorType: VectorType { VectorType(.timestamp, reader) }
    private(set) var irregular = 0
    private var values: [Int64] = []
    private var validity = ValidityBuilder()

    init(_ reader: TimeReader) { self.reader = reader }

    func append(_ vector: Vector, _ rows: Range<Int>) {
        let count = rows.upperBound
        var instants = [Int64](repeating: 0, count: count)
        var bits = [UInt64](repeating: 0, count: (count + 63) / 64)
        unsafe instants.withUnsafeMutableBufferPointer { instants in
            unsafe bits.withUnsafeMutableBufferPointer { bits in
                guard let instants = instants.baseAddress, let bits = bits.baseAddress else { return }
                irregular += unsafe reader.read(
                    vector, count: count, into: instants, validity: bits, countingFrom: rows.lowerBound)
                unsafe validity.append(bits, rows)
            }
        }
        values.append(contentsOf: instants[rows])
    }

    func take() -> Column {
        defer { values = [] }
        return Column(type: .timestamp, storage: .int64(values), validity: validity.take())
    }
}

/// Collects strings and blobs.
private final class BytesBuilder: ColumnBuilder {
    private let type: DataType
    var vectorType: VectorType { VectorType(type) }
    private var offsets = [0]
    private var bytes: [UInt8] = []
    private var validity = ValidityBuilder()

    init(_ type: DataType) { self.type = type }

    func append(_ vector: Vector, _ rows: Range<Int>) {
        for row in rows {
            if vector.isValid(row) { unsafe bytes.append(contentsOf: vector.bytes(at: row)) }
            offsets.append(bytes.count)
        }
        unsafe validity.append(vector.validity.map { unsafe UnsafePointer($0) }, rows)
    }

    func take() -> Column {
        defer { (offsets, bytes) = ([0], []) }
        return Column(type: type, storage: .bytes(offsets: offsets, bytes: bytes), validity: validity.take())
    }
}

/// Collects lists; an element builder collects what is in them.
private final class ListBuilder: ColumnBuilder {
    private let type: DataType
    private let elements: any ColumnBuilder
    var vectorType: VectorType { .list(elements.vectorType) }
    var irregular: Int { elements.irregular }
    private var offsets = [0]
    private var validity = ValidityBuilder()

    init(_ type: DataType, _ elements: any ColumnBuilder) {
        self.type = type
        self.elements = elements
    }

    func append(_ vector: Vector, _ rows: Range<Int>) {
        let entries = unsafe vector.values(as: (offset: UInt64, length: UInt64).self)
        let inner = vector.elements.vector
        var end = offsets[offsets.count - 1]
        // Lists usually lie one behind the other: their elements are appended in as few runs as possible.
        var run = 0..<0
        for row in rows {
            if vector.isValid(row) {
                let entry = unsafe entries[row]
                let range = Int(entry.offset)..<Int(entry.offset + entry.length)
                if range.lowerBound == run.upperBound {
                    run = run.lowerBound..<range.upperBound
                } else if !range.isEmpty {
                    if !run.isEmpty { elements.append(inner, run) }
                    run = range
                }
                end += range.count
            }
            offsets.append(end)
        }
        if !run.isEmpty { elements.append(inner, run) }
        unsafe validity.append(vector.validity.map { unsafe UnsafePointer($0) }, rows)
    }

    func take() -> Column {
        defer { offsets = [0] }
        return Column(
            type: type, storage: .array(offsets: offsets, elements: elements.take()), validity: validity.take())
    }
}
