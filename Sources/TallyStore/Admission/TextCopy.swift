// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// The content of a text file in columns: values by the types that promises check, and the original texts.
struct TextCopy {
    /// The columns that a copy holds.
    struct Columns: Hashable {
        /// The values, each under its alias.
        var values: [ScanRequest.Column]
        /// The columns whose texts are there; nil where none are wanted.
        var texts: [String]?
        /// Whether a value is null where its text was none of its type.
        var isLenient: Bool

        private static let textMark = "tally!text!"
        private static let toldMark = "tally!told!"

        /// The columns that are read of the file: values, texts, and whether each of them is a value.
        var read: [ScanRequest.Column] {
            let texts = (texts ?? []).map { ScanRequest.Column(name: $0, alias: Self.textMark + $0, type: .string) }
            return values + texts + tellers
        }

        /// The columns that tell of those that have to be readable whether they are.
        private var tellers: [ScanRequest.Column] {
            var asked = (texts ?? []).map { ReadabilityColumn.name(of: $0, as: .string) }
            if !isLenient {
                asked += values.compactMap { column in
                    column.type.map { ReadabilityColumn.name(of: column.name, as: $0) }
                }
            }
            return asked.uniqued().map { ScanRequest.Column(name: $0, alias: Self.toldMark + $0, type: .bool) }
        }

        /// The number of columns of `read` that are kept.
        var keptCount: Int { values.count + (texts?.count ?? 0) }

        /// The values as they are read of a copy.
        var plain: [ScanRequest.Column] { values.map { ScanRequest.Column(name: $0.alias, type: $0.type) } }

        /// The copy's columns that give what is asked for of the file; nil where one of them does not.
        func columns(for asked: [ScanRequest.Column], isLenient asksLeniently: Bool) -> [ScanRequest.Column]? {
            var found: [ScanRequest.Column] = []
            for column in asked {
                guard column.part == .value else { return nil }
                let type = column.type ?? .string
                if type == .string, let texts, texts.contains(where: { $0.isSame(as: column.name) }) {
                    found.append(
                        ScanRequest.Column(name: Self.textMark + column.name, alias: column.alias, type: .string))
                    continue
                }
                guard asksLeniently == isLenient, let kept = values.first(where: { Self.gives($0, column, type) })
                else {
                    return nil
                }
                found.append(ScanRequest.Column(name: kept.alias, alias: column.alias, type: type))
            }
            return found
        }

        private static func gives(
            _ kept: ScanRequest.Column, _ asked: ScanRequest.Column, _ type: DataType
        ) -> Bool {
            guard kept.name.isSame(as: asked.name), kept.type == type else { return false }
            return !type.holdsTimes || kept.rounding == asked.rounding && kept.day == asked.day
        }

        /// Whether measures find their columns in the copy, under their own names and as the same types.
        func holds(_ request: MeasureRequest) -> Bool {
            let names = request.measures.flatMap { TableTally.columns(of: $0) }
            guard names.isEmpty || isLenient == request.table.unreadableIsNull else { return false }
            return names.allSatisfy { name in
                let promised = request.types.first { $0.name.isSame(as: name) }?.type
                let type = ReadabilityColumn.parse(name) == nil ? promised : .bool
                return values.contains { $0.alias.isSame(as: name) && $0.name.isSame(as: name) && $0.type == type }
            }
        }
    }

    /// The Parquet file, relative to the repository.
    let path: String
    /// The columns that it holds.
    let columns: Columns
    /// The columns that it was asked to hold; the same request does not read the file again.
    let wanted: Columns

    /// The copy as a table: its instants are instants, whatever zone the texts were in.
    var table: TableReference { TableReference(rows: .paths([path], .parquet)) }
}

extension TableDescription {
    /// Joins the descriptions of single files into one of all; nil when that needs another look at the files.
    ///
    /// Types follow from what a column's values look like in each file, as `TextLook` takes them over all files.
    init?(joining parts: [TableDescription]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        var order: [[UInt8]] = []
        var joined: [[UInt8]: Column] = [:]
        for column in parts.flatMap(\.columns) {
            let key = Array(column.name.utf8)
            guard let before = joined[key] else {
                order.append(key)
                joined[key] = column
                continue
            }
            guard let both = before.joinedText(with: column) else { return nil }
            joined[key] = both
        }
        self.init(files: parts.flatMap(\.files), columns: order.compactMap { joined[$0] })
    }
}

extension TableDescription.Column {
    /// A column of text that has the values of two; nil where their types do not tell.
    fileprivate func joinedText(with other: TableDescription.Column) -> TableDescription.Column? {
        guard isText, other.isText, let type, let others = other.type else { return nil }
        if other.isValueless { return self }
        if isValueless { return other }
        if nativeType == other.nativeType, type == others { return self }
        // Objects are text of their own kind, which only the engine tells of.
        if nativeType != "VARCHAR" && type == .string || other.nativeType != "VARCHAR" && others == .string {
            return nil
        }
        switch (type, others) {
        case (.array, _), (_, .array): return nil
        case (.float64, .int64), (.timestamp, .date), (.string, _): return self
        case (.int64, .float64), (.date, .timestamp), (_, .string): return other
        default: return nil
        }
    }
}
