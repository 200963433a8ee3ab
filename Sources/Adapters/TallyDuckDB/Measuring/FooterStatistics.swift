// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What the row groups of a Parquet file say about its plain columns.
///
/// It is read here and not by DuckDB, which turns the bounds of all columns into texts, those that nobody asks for too: a
/// time of day far beyond its day ends DuckDB's whole database there, and a far instant the statement.
struct FooterStatistics {
    /// What is said of one column in one row group.
    struct Chunk {
        /// The rows of the group.
        let rows: Int64
        /// The values of the column, nulls included; nil where no row group can have as many.
        let values: Int64?
        /// How many of them are null; nil where that is not said or cannot be.
        let nulls: Int64?
        fileprivate let minimum: [UInt8]?
        fileprivate let maximum: [UInt8]?
        /// The same of writers before 2017, whose order is that of signed numbers.
        fileprivate let oldMinimum: [UInt8]?
        fileprivate let oldMaximum: [UInt8]?

        /// Whether every value is said to be null.
        var isAllNull: Bool { values != nil && nulls == values }
    }

    /// Whether DuckDB wrote the file.
    let isByDuckDB: Bool
    /// The rows of the file, as it says; nil for a number that none has.
    let rows: Int64?
    private var chunks: [[UInt8]: [Chunk]] = [:]
    private var kinds: [[UInt8]: Kind] = [:]

    /// More rows than this are in no file.
    private static let mostRows: Int64 = 1 << 48

    /// Reads the footer of a file by absolute path; nil where there is none that can be read.
    init?(_ path: String) throws(OpenFile.Failure) {
        guard let footer = try RawFooter(try OpenFile.reading(path)) else { return nil }
        let root = footer.root
        isByDuckDB = footer.text(root[6])?.begins(with: "DuckDB") ?? false
        rows = root[3]?.integer.flatMap(Self.count)
        // The schema is a tree, written parents first: a column without children that is no part of another is plain.
        var open: [Int64] = []
        for element in root[2]?.elements.dropFirst() ?? [] {
            let children = element[5]?.integer ?? 0
            if open.isEmpty, children <= 0, let name = footer.bytes(of: element[4]), let kind = Kind(element) {
                kinds[name] = kind
            }
            if children > 0 {
                open.append(children)
                continue
            }
            while let left = open.popLast() {
                if left > 1 {
                    open.append(left - 1)
                    break
                }
            }
        }
        for group in root[4]?.elements ?? [] {
            for chunk in group[1]?.elements ?? [] {
                guard let about = chunk[3], let path = about[3]?.elements, path.count == 1,
                    let name = footer.bytes(of: path[0]), kinds[name] != nil
                else { continue }
                chunks[name, default: []].append(Self.chunk(about, rows: group[3]?.integer ?? 0, footer))
            }
        }
    }

    /// The same for those who speak of DuckDB's failures.
    static func reading(_ path: String) throws(DuckFailure) -> FooterStatistics? {
        do throws(OpenFile.Failure) {
            return try FooterStatistics(path)
        } catch {
            throw DuckFailure(text: "IO Error: the footer of \(path) cannot be read: \(error.message)")
        }
    }

    private static func chunk(_ about: ThriftValue, rows: Int64, _ footer: RawFooter) -> Chunk {
        let said = about[12]
        func isExact(_ field: Int64) -> Bool { if case .bool(false, _)? = said?[field] { false } else { true } }
        let values = about[5]?.integer.flatMap(count)
        return Chunk(
            rows: rows, values: values,
            nulls: said?[3]?.integer.flatMap { (0...(values ?? 0)).contains($0) ? $0 : nil },
            minimum: isExact(8) ? footer.bytes(of: said?[6]) : nil,
            maximum: isExact(7) ? footer.bytes(of: said?[5]) : nil,
            oldMinimum: footer.bytes(of: said?[2]), oldMaximum: footer.bytes(of: said?[1]))
    }

    private static func count(_ number: Int64) -> Int64? { (0..<mostRows).contains(number) ? number : nil }

    /// The row groups of a plain column; none for other columns.
    func chunks(of column: String) -> [Chunk] { chunks[Array(column.utf8)] ?? [] }

    /// The plain columns that hold nothing but nulls, as every row group says.
    var valueless: Set<[UInt8]> {
        Set(
            chunks.filter { name, chunks in
                kinds[name]?.isRepeated == false && !chunks.isEmpty && chunks.allSatisfy(\.isAllNull)
            }.keys)
    }

    /// The least and the greatest value of whole numbers, or of times in microseconds; nil where it is not said exactly.
    func integers(_ chunk: Chunk, of column: String) -> (lower: Int64?, upper: Int64?) {
        guard let kind = kinds[Array(column.utf8)] else { return (nil, nil) }
        return (kind.integer(chunk.minimum, cuts: false), kind.integer(chunk.maximum, cuts: false))
    }

    /// The first and the last time in microseconds, nanoseconds being cut; also as writers before 2017 said it.
    func times(_ chunk: Chunk, of column: String) -> (first: Int64?, last: Int64?) {
        guard let kind = kinds[Array(column.utf8)] else { return (nil, nil) }
        return (
            kind.integer(chunk.minimum ?? chunk.oldMinimum, cuts: true),
            kind.integer(chunk.maximum ?? chunk.oldMaximum, cuts: true)
        )
    }

    /// Whether every value of a plain column is said to be a time of day.
    func holdsTimesOfDay(_ column: String) -> Bool {
        let day: ClosedRange<Int64> = 0...86_400_000_000
        let chunks = chunks(of: column)
        return kinds[Array(column.utf8)] != nil
            && chunks.allSatisfy { chunk in
                let ends = times(chunk, of: column)
                return chunk.isAllNull || ends.first.map(day.contains) == true && ends.last.map(day.contains) == true
            }
    }

    /// The least and the greatest value of floats; nil for NaN, which has no place in an order.
    func floats(_ chunk: Chunk, of column: String) -> (lower: Double?, upper: Double?) {
        guard let kind = kinds[Array(column.utf8)] else { return (nil, nil) }
        return (kind.float(chunk.minimum), kind.float(chunk.maximum))
    }
}

extension FooterStatistics {
    /// How the bytes of a column's bounds are read.
    fileprivate struct Kind {
        private let physical: Int64
        private let isUnsigned: Bool
        private let unit: Unit
        /// Whether a row may have any number of values.
        let isRepeated: Bool

        /// What whole numbers count.
        private enum Unit { case ones, days, milliseconds, microseconds, nanoseconds }

        /// The numbers of physical types that are whole numbers and floats.
        private static let (int32, int64, float, double): (Int64, Int64, Int64, Int64) = (1, 2, 4, 5)

        /// Reads an element of the schema; nil for one without a type.
        init?(_ element: ThriftValue) {
            guard let type = element[1]?.integer else { return nil }
            physical = type
            isRepeated = element[3]?.integer == 2
            let (converted, logical) = (element[6]?.integer ?? -1, element[10])
            let isLogicallyUnsigned = if case .bool(false, _)? = logical?[10]?[2] { true } else { false }
            isUnsigned = (11...14).contains(converted) || isLogicallyUnsigned
            let units: [(Int64, Unit)] = [(1, .milliseconds), (2, .microseconds), (3, .nanoseconds)]
            if let time = logical?[8] ?? logical?[7] {
                unit = units.first { time[2]?[$0.0] != nil }?.1 ?? .ones
            } else {
                unit =
                    switch converted {
                    case 6: .days
                    case 7, 9: .milliseconds
                    case 8, 10: .microseconds
                    default: logical?[6] == nil ? .ones : .days
                    }
            }
        }

        /// A whole number, or an instant in microseconds; nil where it is none or infinite, or would be cut and must not be.
        func integer(_ bytes: [UInt8]?, cuts: Bool) -> Int64? {
            guard let bits = bits(bytes), physical == Self.int32 || physical == Self.int64 else { return nil }
            guard !isUnsigned else { return Int64(exactly: bits) }
            let isNarrow = physical == Self.int32
            let number = isNarrow ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
            switch unit {
            case .ones: return number
            case .microseconds: return TimeUnit.isInfinite(number) ? nil : number
            case .nanoseconds:
                let (quotient, remainder) = number.flooredDivision(by: 1_000)
                return remainder == 0 || cuts ? quotient : nil
            case .milliseconds: return Self.scaled(number, by: 1_000)
            case .days:
                return number.magnitude == Int32.max.magnitude ? nil : Self.scaled(number, by: 86_400_000_000)
            }
        }

        /// A float; nil where it is none.
        func float(_ bytes: [UInt8]?) -> Double? {
            guard let bits = bits(bytes) else { return nil }
            let number: Double
            switch physical {
            case Self.float: number = Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case Self.double: number = Double(bitPattern: bits)
            default: return nil
            }
            return number.isNaN ? nil : number
        }

        private static func scaled(_ number: Int64, by factor: Int64) -> Int64? {
            let (product, isBeyond) = number.multipliedReportingOverflow(by: factor)
            return isBeyond ? nil : product
        }

        /// The bytes of a number, least significant first; nil where they are not as many as the type has.
        private func bits(_ bytes: [UInt8]?) -> UInt64? {
            let width = physical == Self.int32 || physical == Self.float ? 4 : 8
            guard let bytes, bytes.count == width else { return nil }
            return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
