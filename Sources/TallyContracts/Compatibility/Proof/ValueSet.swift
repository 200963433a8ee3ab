// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

/// The values that a column may hold under one contract, as the other contract's reader gets them.
///
/// An over-approximation: it holds every value that is admitted, and perhaps more.
struct ValueSet: Sendable {
    /// The form in which they are read.
    let form: ColumnForm
    /// Whether null is among them.
    let mayBeNull: Bool
    /// Tests that every value that is there passes, but for those in `extra`.
    let kinds: [RowTest.Kind]
    /// The present values when there are few; nil for many.
    let values: [Value]?
    /// The values that are present in addition: a default that replaces null.
    let extra: [Value]

    /// The most values that are looked at one by one.
    static let mostValues: Int64 = 2000

    /// One set for each form that the writer's data may have; nil where that is not known.
    static func sets(of name: String, writer: TableSide, reader: TableSide) -> [ValueSet]? {
        guard let column = reader.column(name) else { return nil }
        guard let source = writer.column(name) else { return absent(column, reader) }
        let forms = writer.forms(source)
        guard !forms.isEmpty, forms.allSatisfy(\.isKnown) || reader.readForm(column).map({ [$0] }) ?? forms == forms
        else { return nil }
        var sets: [ValueSet] = []
        for form in forms {
            guard let tests = tests(of: name, form, writer) else { continue }
            let target = reader.readForm(column) ?? form
            guard form.native == target.native || form.isReadable(as: target) else { return nil }
            let mayBeNull = !tests.contains(.required)
            let kinds = form.natural + tests.filter { $0 != .required }
            let few = values(form.type, kinds)?.compactMap { form.convert($0, to: target) }
            let replaced = mayBeNull && reader.requires(name) ? writer.defaultValue(source, as: target) : nil
            sets.append(
                ValueSet(
                    form: target, mayBeNull: mayBeNull && replaced == nil,
                    kinds: target.natural + (form.native == target.native ? kinds : carried(kinds, form, target)),
                    values: few, extra: replaced.map { [$0] } ?? []))
        }
        return sets.isEmpty ? nil : sets
    }

    /// The values that are there in a column of one form under its own contract; nil for a form that it refuses.
    static func set(of name: String, _ form: ColumnForm, _ side: TableSide) -> ValueSet? {
        tests(of: name, form, side).map { tests in
            ValueSet(
                form: form, mayBeNull: !tests.contains(.required),
                kinds: form.natural + tests.filter { $0 != .required }, values: nil, extra: [])
        }
    }

    /// Returns the values that are read for a column that the data lack; nil when they are not known.
    private static func absent(_ column: Contract.Column, _ reader: TableSide) -> [ValueSet]? {
        guard let form = reader.forms(column).first else { return nil }
        let value = reader.defaultValue(column, as: form)
        return [
            ValueSet(form: form, mayBeNull: value == nil, kinds: [], values: value.map { [$0] } ?? [], extra: [])
        ]
    }

    /// The tests of a writer's promises about a column of a form; nil for a form that the writer refuses.
    private static func tests(of name: String, _ form: ColumnForm, _ writer: TableSide) -> [RowTest.Kind]? {
        let physical = writer.physicalName(name)
        let context = TableContext(
            object: writer.object,
            found: [TableDescription.Column(name: physical, type: form.type, nativeType: form.native)],
            now: TableSide.now)
        var kinds: [RowTest.Kind] = isNamed(name, writer, context) ? [.required] : []
        for promise in writer.promises where promise.column.isSame(as: name) && writer.force(of: promise) == .full {
            // What depends on the instant of the check says nothing for ever.
            if promise.check == "notInFuture" { continue }
            switch CheckCatalogue.prepare(promise, for: context).work {
            case .settled(let verdict, _): if verdict == .broken { return nil }
            case .rows(let tests, _, _): kinds += tests.filter { $0.column.isSame(as: physical) }.map(\.kind)
            case .measures, .unexecutable: break
            }
        }
        return kinds
    }

    /// Whether a condition of the writer is that the column has a value.
    private static func isNamed(_ name: String, _ writer: TableSide, _ context: TableContext) -> Bool {
        writer.promises.contains { promise in
            guard promise.check == "expression", writer.force(of: promise) == .full,
                writer.columns(of: promise) == [ExactName(context.physicalName(name))],
                let text = promise.arguments["expression"]?.stringValue,
                case .success(let compiled) = TypedExpression.compile(text, columns: context.schema, expected: .bool)
            else { return false }
            return compiled.canonicalText == "\(context.physicalName(name)) is not null"
        }
    }

    /// All values of a type that pass some tests, where these are few.
    private static func values(_ type: DataType, _ kinds: [RowTest.Kind]) -> [Value]? {
        var values: [Value]?
        for case .among(let listed) in kinds { values = Array(listed) + nan(type) }
        if values == nil, type == .bool { values = [.bool(false), .bool(true)] }
        if values == nil, let range = integers(type, kinds) {
            let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            if overflow || width >= mostValues { return nil }
            values = range.compactMap { integer in
                switch type {
                case .int32: .int32(Int32(clamping: integer))
                case .int64: .int64(integer)
                case .date: .date(CalendarDate(days: Int32(clamping: integer)))
                case .timestamp: .timestamp(Timestamp(microseconds: integer))
                case .bool, .float32, .float64, .string, .bytes, .array: nil
                }
            }
        }
        let rules = kinds.compactMap { kind in
            try? RowRule.compile(RowTest("x", kind), columns: [ColumnSchema(name: "x", type: type)]).get()
        }
        return values?.filter { value in rules.allSatisfy { !$0.fails { _ in value } } }
    }

    /// Returns NaN for a type that has it: it passes lists, and only `finite` refuses it.
    private static func nan(_ type: DataType) -> [Value] {
        switch type {
        case .float32: [.float32(.nan)]
        case .float64: [.float64(.nan)]
        case .bool, .int32, .int64, .string, .bytes, .timestamp, .date, .array: []
        }
    }

    /// The whole numbers behind a type that pass the tests; nil for other types, and when there are none.
    static func integers(_ type: DataType, _ kinds: [RowTest.Kind]) -> ClosedRange<Int64>? {
        var range: ClosedRange<Int64>
        switch type {
        case .int32, .date: range = Int64(Int32.min)...Int64(Int32.max)
        case .int64, .timestamp: range = .min ... .max
        case .bool, .float32, .float64, .string, .bytes, .array: return nil
        }
        for case .integers(let other) in kinds {
            guard range.overlaps(other) else { return nil }
            range = range.clamped(to: other)
        }
        return range
    }

    /// The float nearest to a whole number, and not inside of it.
    private static func outside(_ end: Int64, _ direction: FloatingPointRoundingRule) -> Double {
        let nearest = Double(end)
        let isTop = nearest >= 0x1p63
        if direction == .up { return isTop || Int64(nearest) >= end ? nearest : nearest.nextUp }
        return isTop || Int64(nearest) > end ? nearest.nextDown : nearest
    }

    /// Returns tests as they hold for values read as another type, without those that no longer imply anything.
    private static func carried(_ kinds: [RowTest.Kind], _ form: ColumnForm, _ target: ColumnForm) -> [RowTest.Kind] {
        kinds.compactMap { kind in
            switch (kind, target.type) {
            case (.among(let values), _): .among(Set(values.compactMap { form.convert($0, to: target) }))
            case (.integers, .int32), (.integers, .int64), (.floats, .float32), (.floats, .float64),
                (.decimals, .string), (.items, .array), (.fullItems, .array), (.distinctItems, .array),
                (.length, .string), (.pattern, .string):
                kind
            case (.finite, .float32), (.finite, .float64), (.finite, .array(.float32)), (.finite, .array(.float64)):
                kind
            case (.integers(let range), .string):
                .decimals(
                    RowTest.DecimalInterval(
                        lower: DecimalNumber(String(range.lowerBound)), upper: DecimalNumber(String(range.upperBound))))
            case (.integers(let range), .float64), (.integers(let range), .float32):
                // Every value was carried exactly; an end that no float holds moves to the next one outside.
                .floats(
                    RowTest.Interval(
                        lower: Self.outside(range.lowerBound, .down), upper: Self.outside(range.upperBound, .up)))
            case (.multipleOf, _): form.family == .float ? nil : kind
            case (_, _): nil
            }
        }
    }
}
