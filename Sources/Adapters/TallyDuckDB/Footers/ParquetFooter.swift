// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The footer of a Parquet file, as far as it tells where the values of columns lie and which are nanoseconds in UTC.
struct ParquetFooter {
    /// Where the footer begins: behind everything else.
    let start: Int
    /// The footer with its length and the mark at the end of the file, changed so that nanoseconds in UTC are nanoseconds
    /// on a wall.
    let bytes: [UInt8]
    /// The names of top-level columns with such nanoseconds in them.
    let columns: Set<String>
    /// The top-level columns of nanoseconds on a wall, with the place in the file of the byte that says so.
    let walls: [(column: String, place: Int)]
    /// Where the values of each top-level column lie, row group by row group.
    let chunks: [(column: String, range: Range<Int>)]
    /// Where in the file the names of top-level columns are spelled.
    let spellings: [(column: String, range: Range<Int>)]

    /// Reads the footer of an open file; nil when there is none.
    init?(_ file: borrowing OpenFile) throws(OpenFile.Failure) {
        guard let raw = try RawFooter(file) else { return nil }
        start = raw.start
        var footer = raw.bytes
        let root = raw.root
        func text(_ value: ThriftValue?) -> String? { raw.text(value) }
        var spellings: [(column: String, range: Range<Int>)] = []
        let start = start
        func note(_ value: ThriftValue?) {
            guard case .bytes(let range)? = value, let name = text(value) else { return }
            spellings.append((name, start + range.lowerBound..<start + range.upperBound))
        }
        // The schema is a tree, written parents first; the first element is its root.
        var columns = Set<String>()
        var (places, walls) = ([Int](), [(column: String, place: Int)]())
        var (top, open) = ("", [Int64]())
        for element in root[2]?.elements.dropFirst() ?? [] {
            if open.isEmpty {
                top = text(element[4]) ?? ""
                note(element[4])
            }
            if let (isInstant, place) = Self.nanoseconds(element) {
                if isInstant {
                    columns.insert(top)
                    places.append(place)
                } else {
                    walls.append((top, start + place))
                }
            }
            if let children = element[5]?.integer, children > 0 {
                open.append(children)
            } else {
                while let left = open.popLast() {
                    guard left == 1 else {
                        open.append(left - 1)
                        break
                    }
                }
            }
        }
        var chunks: [(column: String, range: Range<Int>)] = []
        for chunk in root[4]?.elements.flatMap({ $0[1]?.elements ?? [] }) ?? [] {
            guard let about = chunk[3], let name = text(about[3]?.elements.first), let data = about[9]?.integer,
                let length = about[7]?.integer
            else { return nil }
            let first = Int(about[11]?.integer.flatMap { $0 > 0 ? min($0, data) : nil } ?? data)
            let (end, isOverflow) = first.addingReportingOverflow(Int(length))
            guard first >= 0, length >= 0, !isOverflow, end <= start else { return nil }
            chunks.append((name, first..<end))
            note(about[3]?.elements.first)
        }
        for place in places { footer[place] = Self.mark(footer[place], false) }
        self.columns = columns
        self.walls = walls
        self.chunks = chunks
        self.spellings = spellings
        bytes = footer + raw.tail
    }

    /// Whether an element's nanoseconds are instants, and where it says so; nil for elements of another kind.
    private static func nanoseconds(_ element: ThriftValue) -> (isInstant: Bool, place: Int)? {
        guard let timestamp = element[10]?[8], timestamp[2]?[3] != nil,
            case .bool(let isInstant, let place)? = timestamp[1]
        else { return nil }
        return (isInstant, place)
    }

    /// The byte of a truth value of a field: the number of the field and the kind of the value, 1 for true, 2 for false.
    static func mark(_ byte: UInt8, _ value: Bool) -> UInt8 { byte & 0xF0 | (value ? 1 : 2) }
}
