// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyReading

/// How one column of a table is read: an SQL expression, and what to do with the numbers of its vectors.
struct ColumnPlan {
    /// The column in the table.
    let name: String
    /// The expression that is selected.
    let expression: SQL
    /// The type of the column that comes out.
    let type: DataType
    /// How its innermost numbers become instants; nil for other types.
    let time: TimeReader?
    /// What DuckDB gives for the expression.
    var vectorType: VectorType { VectorType(type, time) }
    /// Whether the column is there as it is.
    var isThere = true
    /// The expression of the nanoseconds that rounding cuts, where `time` does not read them from the numbers themselves.
    var cuts: (expression: SQL, rounding: Timestamp.Rounding)?
}

/// Makes the plans of one run's columns.
struct ColumnPlanner {
    let run: TableRun
    /// The zone of wall times; nil for UTC.
    let zone: ZoneTable?
    /// What the table is for, in messages.
    let subject: String?
    /// Whether times that folders give have to be instants, for SQL that nobody reads behind.
    var givesInstants = false

    /// Reads a column as `type`, or verbatim for nil; a column that the run lacks is null.
    ///
    /// Times finer than microseconds are rounded.
    ///
    /// Text is read by `TextReader`, as what was asked for, and verbatim as the text it is.
    /// `day` is what stands for a day where a time may be given as one: a column of days in Parquet, each text by itself.
    func plan(
        _ name: String, as type: DataType?, _ rounding: Timestamp.Rounding = .down, day: DayEdge? = nil
    ) throws(TallyError) -> ColumnPlan {
        if let text = run.text {
            let type = type ?? .string
            let direction: TextColumn.Rounding = rounding == .up ? .up : .down
            let alias = try text.alias(name, as: type, rounding: direction, day: day ?? .start)
            var plan = ColumnPlan(name: name, expression: alias.asIdentifier, type: type, time: Self.instants(type))
            if type == .timestamp, text.mayHoldNanoseconds(name) {
                // What is cut is the same for the start of a day and for its end.
                let cuts = try text.alias(name, as: type, rounding: direction, part: .cutNanoseconds)
                plan.cuts = ("coalesce(\(cuts.asIdentifier), 0)", rounding)
            }
            return plan
        }
        let asked = ReadabilityColumn.parse(name)
        if let column = run.column(asked?.column ?? name), let folder = column.folder, column.hasValues {
            return try plan(
                column.name, ofFolder: folder, as: asked?.type ?? type ?? .string,
                rounding: rounding == .up ? .up : .down,
                day: day ?? .start, tellsReadability: asked != nil)
        }
        guard let column = run.column(name), column.hasValues else {
            let type = type ?? .string
            return ColumnPlan(
                name: name, expression: "CAST(NULL AS \(type.sqlType))", type: type, time: Self.instants(type),
                isThere: false)
        }
        let native = NativeType(name: column.nativeType)
        guard let type else { return try verbatim(column, native) }
        let identifier = column.engineName.asIdentifier
        if let plan = run.formats?.plan(column, native, as: type, rounding, day ?? .start, in: run) { return plan }
        if let day, type == .timestamp, native.dataType == .date { return Self.plan(ofDays: column, day, zone) }
        // All digits of nanoseconds in UTC are in their text.
        let isText = native.name == NativeType.zonedNanoseconds && type == .string
        if native.widens(to: type) || isText {
            let vectorType = native.vectorType(for: type)
            let unit = native.leaf.timeUnit
            return ColumnPlan(
                name: name, expression: Self.expression(identifier, native, vectorType), type: type,
                time: unit.flatMap {
                    type.leaf == .timestamp ? TimeReader(unit: $0, zone: zone, rounding: rounding) : nil
                })
        }
        guard let exact = Self.exactly(identifier, native, as: type, name: name, files: run.files) else {
            throw TallyError(
                .invalidData, "column \(name) is \(column.nativeType) and cannot be read as \(type) without loss",
                subject: run.files.first ?? subject,
                help:
                    "write it as \(type) there, as was promised, or make the value in a `query:`; `\(.check)` names the "
                    + "files that disagree")
        }
        return ColumnPlan(name: name, expression: exact, type: type, time: nil)
    }

    /// Whether a column holds days, or texts that may be days.
    func mayHoldDays(_ name: String) -> Bool {
        if run.text != nil { return true }
        guard let column = run.column(name) else { return false }
        let native = NativeType(name: column.nativeType)
        return column.folder != nil || native.dataType == .date || run.formats?.pattern(of: name, native)?.isDay == true
    }

    /// Reads a column of days as instants of the zone.
    private static func plan(ofDays column: TableRun.Column, _ day: DayEdge, _ zone: ZoneTable?) -> ColumnPlan {
        let start: SQL = "CAST(\(column.engineName.asIdentifier) AS TIMESTAMP)"
        let unit = TimeUnit(scale: .microseconds, isZoned: false)
        return ColumnPlan(
            name: column.name, expression: day == .start ? start : "(\(start) + INTERVAL 1 DAY)", type: .timestamp,
            time: TimeReader(unit: unit, zone: zone))
    }

    static func instants(_ type: DataType) -> TimeReader? {
        type.leaf == .timestamp ? TimeReader(unit: TimeUnit(scale: .microseconds, isZoned: true), zone: nil) : nil
    }

    /// Whole numbers as floats where each of them is one exactly: any other ends the query with its reason.
    private static func exactly(
        _ identifier: SQL, _ native: NativeType, as type: DataType, name: String, files: [String]
    ) -> SQL? {
        guard case .plain = native, let own = native.dataType else { return nil }
        switch (own, type) {
        case (.int64, .float64), (.int64, .float32), (.int32, .float32):
            let problem = DuckFailure.invalidMark + "column \(name) has a whole number that \(type) does not hold"
            let float: SQL = "CAST(\(identifier) AS \(type.sqlType))"
            return "CASE WHEN TRY_CAST(\(float) AS BIGINT) IS NOT DISTINCT FROM \(identifier) THEN \(float) "
                + "ELSE error(\(problem.asLiteral)) END"
        default: return nil
        }
    }

    /// A column as the type whose vectors are read.
    private static func expression(_ identifier: SQL, _ native: NativeType, _ vectorType: String) -> SQL {
        if native.name == vectorType { return identifier }
        return native.isNanoseconds
            ? NanosecondText.text(of: identifier, native) : "CAST(\(identifier) AS \(SQL(type: vectorType)))"
    }

    private func verbatim(_ column: TableRun.Column, _ native: NativeType) throws(TallyError) -> ColumnPlan {
        guard let type = native.carriedType else {
            throw TallyError(
                .invalidData, "column \(column.name) is \(column.nativeType), which cannot be carried along",
                subject: subject, help: "take the parts that are needed out of it in a query")
        }
        let unit = type.leaf == .timestamp ? native.leaf.timeUnit : nil
        let vectorType = native.vectorType(for: type)
        let identifier = column.engineName.asIdentifier
        return ColumnPlan(
            name: column.name, expression: Self.expression(identifier, native, vectorType), type: type,
            time: unit.map { TimeReader(unit: $0, zone: nil, keepsInfinity: true) })
    }
}

extension DataType {
    /// The innermost element of an array, or the type itself.
    var leaf: DataType {
        if case .array(let element) = self { return element.leaf }
        return self
    }
}
