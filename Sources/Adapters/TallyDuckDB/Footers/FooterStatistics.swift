// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// What the row groups of a Parquet file say about its plain columns: where it may pay to look, and never more.
///
/// It is read here and not by DuckDB, which turns the bounds of all columns into texts, those that nobody asks for too: a
/// time of day far beyond its day ends DuckDB's whole database there, and a far instant the statement.
struct FooterStatistics {
    /// What is said of one column in one row group.
    struct Chunk {
        /// The rows of the group.
        let rows: Int64
        /// Whether every value is said to be null.
        let isAllNull: Bool
        fileprivate let minimum: [UInt8]?
    }

    private var chunks: [[UInt8]: [Chunk]] = [:]
    private var kinds: [[UInt8]: Kind] = [:]

    /// More rows than this are in no file.
    private static let mostRows: Int64 = 1 << 48

    /// Reads the footer of a file by absolute path; nil where there is none that can be read.
    init?(_ path: String) throws(OpenFile.Failure) {
        guard let footer = try RawFooter(try OpenFile.reading(path)) else { return nil }
        let root = footer.root
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
        let values = about[5]?.integer.flatMap { (0..<mostRows).contains($0) ? $0 : nil }
        return Chunk(
            rows: rows, isAllNull: values != nil && said?[3]?.integer == values,
            // The second is that of writers before 2017, whose order is that of signed numbers.
            minimum: footer.bytes(of: said?[6]) ?? footer.bytes(of: said?[2]))
    }

    /// The row groups of a plain column; none for other columns.
    func chunks(of column: String) -> [Chunk] { chunks[Array(column.utf8)] ?? [] }

    /// The plain columns that hold nothing but nulls, as every row group says.
    var valueless: Set<[UInt8]> {
        Set(
            chunks.filter { name, chunks in
                kinds[name]?.isRepeated == false && !chunks.isEmpty && chunks.allSatisfy(\.isAllNull)
            }.keys)
    }

    /// The first time in microseconds, nanoseconds being cut; nil where it is not said.
    func firstTime(_ chunk: Chunk, of column: String) -> Int64? {
        kinds[Array(column.utf8)].flatMap { $0.time(chunk.minimum) }
    }
}

extension FooterStatistics {
    /// How the bytes of a column's bounds are read.
    fileprivate struct Kind {
        private let physical: Int64
        private let unit: Unit
        /// Whether a row may have any number of values.
        let isRepeated: Bool

        /// What whole numbers count.
        private enum Unit { case ones, days, milliseconds, microseconds, nanoseconds }

        /// The numbers of physical types that are whole numbers.
        private static let (int32, int64): (Int64, Int64) = (1, 2)

        /// Reads an element of the schema; nil for one without a type.
        init?(_ element: ThriftValue) {
            guard let type = element[1]?.integer else { return nil }
            physical = type
            isRepeated = element[3]?.integer == 2
            let (converted, logical) = (element[6]?.integer ?? -1, element[10])
            let units: [(Int64, Unit)] = [(1, .milliseconds), (2, .microseconds), (3, .nanoseconds)]
            if let time = logical?[8] {
                unit = units.first { time[2]?[$0.0] != nil }?.1 ?? .ones
            } else {
                unit =
                    switch converted {
                    case 6: .days
                    case 9: .milliseconds
                    case 10: .microseconds
                    default: logical?[6] == nil ? .ones : .days
                    }
            }
        }

        /// An instant in microseconds; nil where it is none or infinite.
        func time(_ bytes: [UInt8]?) -> Int64? {
            guard let number = number(bytes) else { return nil }
            switch unit {
            case .ones: return nil
            case .microseconds:
                return TimeUnit(scale: .microseconds, isZoned: true).isInfinite(number) ? nil : number
            case .nanoseconds: return number.flooredDivision(by: 1_000).quotient
            case .milliseconds: return Self.scaled(number, by: 1_000)
            case .days:
                return number.magnitude == Int32.max.magnitude ? nil : Self.scaled(number, by: 86_400_000_000)
            }
        }

        private static func scaled(_ number: Int64, by factor: Int64) -> Int64? {
            let (product, isBeyond) = number.multipliedReportingOverflow(by: factor)
            return isBeyond ? nil : product
        }

        /// The bytes of a whole number, least significant first; nil where they are not as many as the type has.
        private func number(_ bytes: [UInt8]?) -> Int64? {
            guard physical == Self.int32 || physical == Self.int64, let bytes,
                bytes.count == (physical == Self.int32 ? 4 : 8)
            else { return nil }
            let bits = bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            return physical == Self.int32 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
        }
    }
}
