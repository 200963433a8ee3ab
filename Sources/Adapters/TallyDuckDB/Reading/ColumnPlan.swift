// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// How one column of a table is read: an SQL expression, and what to do with the numbers of its vectors.
struct ColumnPlan {
    /// The column in the table.
    let name: String
    /// The expression that is selected.
    let expression: String
    /// The type of the column that comes out.
    let type: DataType
    /// How its innermost numbers become instants; nil for other types.
    let time: TimeReader?
}

/// Makes the plans of one table's columns.
struct ColumnPlanner {
    /// What `describe` found.
    let columns: [TableDescription.Column]
    let format: Source.FileFormat?
    /// The zone of wall times; nil for UTC.
    let zone: ZoneTable?
    /// What the table is for, in messages.
    let subject: String?

    /// The same for other files of the table, with their own columns.
    func reading(_ columns: [TableDescription.Column]) -> ColumnPlanner {
        ColumnPlanner(columns: columns, format: format, zone: zone, subject: subject)
    }

    /// Reads a column as `type`, or verbatim for nil; times finer than microseconds are rounded.
    func plan(
        _ name: String, as type: DataType?, _ rounding: Timestamp.Rounding = .down
    ) throws(TallyError) -> ColumnPlan {
        guard let column = columns.first(where: { $0.name == name }) else {
            throw TallyError(
                .invalidData, "there is no column \(name)", subject: subject,
                help: "the columns are \(columns.map(\.name).joined(separator: ", "))")
        }
        let native = NativeType(name: column.nativeType)
        guard let type else { return try verbatim(column, native) }
        let isExact = native.name == NativeType.zonedNanoseconds && type == .string
        let readable = native.widens(to: type) || (isText && textReads(native, as: type)) || isExact
        guard readable else {
            throw TallyError(
                .invalidData, "column \(name) is \(column.nativeType) and cannot be read as \(type) without loss",
                subject: subject)
        }
        let effective = isText && !native.widens(to: type) ? NativeType(name: textType(type)) : native
        return ColumnPlan(
            name: name, expression: expression(name, from: effective, as: effective.vectorType(for: type)), type: type,
            time: effective.leaf.timeUnit.flatMap {
                type.leaf == .timestamp ? TimeReader(unit: $0, zone: zone, rounding: rounding) : nil
            })
    }

    /// The types that the reader of a text format is told, each column once.
    ///
    /// A column may be wanted twice, as an input and as a key; it is parsed in one way only.
    func readerTypes(
        _ wanted: [(name: String, type: DataType?)]
    ) throws(TallyError) -> [(name: String, type: String)] {
        guard isText else { return [] }
        var told: [(name: String, type: String)] = []
        for (name, type) in wanted {
            guard let column = columns.first(where: { $0.name == name }) else { continue }
            let native = NativeType(name: column.nativeType)
            let isParsed = type.map { !native.widens(to: $0) && textReads(native, as: $0) } ?? false
            let read = isParsed ? type.map(textType) ?? column.nativeType : column.nativeType
            guard let known = told.first(where: { $0.name == name }) else {
                told.append((name, read))
                continue
            }
            guard known.type == read else {
                throw TallyError(
                    .invalidData, "column \(name) is wanted as \(known.type) and as \(read) at once", subject: subject,
                    help: "declare it with one type, or give it a second name in a query")
            }
        }
        return told
    }

    private var isText: Bool {
        switch format {
        case .csv, .json: true
        case .parquet, nil: false
        }
    }

    private func expression(_ name: String, from native: NativeType, as vectorType: String) -> String {
        native.name == vectorType ? name.asIdentifier : "CAST(\(name.asIdentifier) AS \(vectorType))"
    }

    private func verbatim(_ column: TableDescription.Column, _ native: NativeType) throws(TallyError) -> ColumnPlan {
        guard let type = native.carriedType else {
            throw TallyError(
                .invalidData, "column \(column.name) is \(column.nativeType), which cannot be carried along",
                subject: subject, help: "take the parts that are needed out of it in a query")
        }
        let unit = type.leaf == .timestamp ? native.leaf.timeUnit : nil
        return ColumnPlan(
            name: column.name, expression: expression(column.name, from: native, as: native.vectorType(for: type)),
            type: type,
            time: unit.map { TimeReader(unit: $0, zone: nil, keepsInfinity: true) })
    }

    /// Whether the text of a column, which was sniffed as `native`, is parsed as `type`; a text that is none fails.
    ///
    /// A column without values is sniffed as text, one of whole numbers as `BIGINT`.
    private func textReads(_ native: NativeType, as type: DataType) -> Bool {
        switch (native, type) {
        case (.list(let element, _), .array(let wanted)):
            return element.widens(to: wanted) || textReads(element, as: wanted)
        case (.composite, _), (.list, _): return false
        case (.plain, .array): return native.dataType == .string
        case (.plain, _):
            switch (native.dataType, type) {
            case (.string, _), (_, .string), (.int64, .int32), (.int64, .float64), (.int64, .float32),
                (.float64, .float32), (.date, .timestamp):
                return true
            default: return false
            }
        }
    }

    /// The type that text is parsed as: times as they stand on the wall, unless they carry an offset.
    private func textType(_ type: DataType) -> String {
        switch type {
        case .timestamp: zone == nil ? type.duckName : "TIMESTAMP"
        case .array(let element): textType(element) + "[]"
        case .bool, .int32, .int64, .float32, .float64, .string, .bytes, .date: type.duckName
        }
    }
}

extension DataType {
    /// The innermost element of an array, or the type itself.
    var leaf: DataType {
        if case .array(let element) = self { return element.leaf }
        return self
    }
}
