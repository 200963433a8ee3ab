// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Whether one contract's promises about a table leave nothing for the other to refuse.
struct Implication {
    /// The contract whose tables are looked at.
    let writer: TableSide
    /// The contract that may refuse them.
    let reader: TableSide

    /// Whether no table that the writer admits is refused by the reader for a reason; true is a proof, false is none.
    func holds(_ target: Target) -> Bool {
        switch target {
        case .promise(let id):
            guard let promise = reader.promises.first(where: { $0.id == id }) else { return true }
            return implies(promise)
        case .reading(let column): return reads(column)
        case .meaning: return !MeaningLabel.refusals(writer: writer, reader: reader).contains { $0.target == target }
        case .absent: return writer.object != nil || reader.object == nil
        case .reserved, .renamed: return false
        }
    }

    private func reads(_ name: String) -> Bool {
        guard let column = reader.column(name), let source = writer.column(name) else { return true }
        let forms = writer.forms(source)
        guard !forms.isEmpty else { return false }
        return forms.allSatisfy { form in
            let target = reader.readForm(column) ?? form
            if let type = LogicalType(rawValue: column.logicalType ?? ""), !type.accepts(target.found("")) {
                return false
            }
            if form.native == target.native { return true }
            guard form.isKnown, target.isKnown else { return false }
            if form.widens(to: target) { return true }
            return form.isReadable(as: target) && fits(name, form, target)
        }
    }

    /// Whether the writer's promises leave only values that another form holds.
    private func fits(_ name: String, _ form: ColumnForm, _ target: ColumnForm) -> Bool {
        guard let sets = ValueSet.sets(of: name, writer: writer, reader: writer) else { return false }
        return sets.filter { $0.form == form }.allSatisfy { set in
            if let values = set.values { return values.allSatisfy { form.convert($0, to: target) != nil } }
            switch (form.family, target.family) {
            case (.integer, .integer):
                let bounds = target.bounds?.test(for: form.found(""))
                return bounds.map(set.passes) ?? false
            case (.integer, .float):
                let limit: Int64 = target.type == .float64 ? 1 << 53 : 1 << 24
                guard form.type != .string else { return false }
                return set.passes(.integers(-limit...limit))
            case (_, _): return false
            }
        }
    }

    private func implies(_ promise: Promise) -> Bool {
        if promise.check == "undeclared" {
            let names = writer.object?.columns.map(\.name) ?? []
            return writer.isClosed && names.allSatisfy { reader.column($0) != nil }
        }
        if isKept(promise) { return true }
        // What cannot be read at all is refused as such, whatever else is promised.
        if let names = reader.columns(of: promise), names.contains(where: { isUnreadable($0.text) }) { return true }
        switch promise.check {
        case "present":
            return promise.column.map { writer.column($0) != nil || !reader.pins.contains(ExactName($0)) } ?? false
        case "knownAfterEvent", "reference": return hasTwin(promise) { $0.arguments == $1.arguments }
        case "expression": return impliesExpression(promise)
        case "notInFuture":
            return hasTwin(promise) { mine, other in
                (mine.arguments["skew"]?.exactValue ?? 0) <= (other.arguments["skew"]?.exactValue ?? 0)
                    && (mine.column ?? mine.arguments["column"]?.stringValue)
                        == (other.column ?? other.arguments["column"]?.stringValue)
            }
        case "freshness", "latency", "frequency": return impliesTime(promise)
        case "unique": return impliesUnique(promise)
        case "sql": return isWhollyAlike(promise) && impliesQuery(promise)
        case _: break
        }
        if CheckCatalogue[promise.check]?.level == .table { return impliesNumber(promise) }
        return impliesValues(promise)
    }

    /// Whether the writer makes the very promise, about columns that the reader reads as they are.
    private func isKept(_ promise: Promise) -> Bool {
        guard isReadAlike(promise) else { return false }
        if TableSide.timed.contains(promise.check), !hasSameTimes { return false }
        return writer.promises.contains { mine in
            mine.check == promise.check && mine.column.isSame(as: promise.column) && mine.arguments == promise.arguments
                && isAsStrong(mine, promise)
        }
    }

    /// Whether the writer is bound by a promise at least as far as the reader by another.
    func isAsStrong(_ mine: Promise, _ other: Promise) -> Bool {
        switch (writer.force(of: mine), reader.force(of: other)) {
        case (.full, _), (.none, .none), (.share, .none): true
        case (.share(let mine), .share(let other)): mine <= other
        case (.none, _), (.share, .full): false
        }
    }

    /// A promise of the writer with the same check, and something more in common.
    func hasTwin(_ promise: Promise, where isTwin: (Promise, Promise) -> Bool) -> Bool {
        guard reader.columns(of: promise) != nil, isReadAlike(promise) else { return false }
        return writer.promises.contains { $0.check == promise.check && isAsStrong($0, promise) && isTwin($0, promise) }
    }

    /// Whether no value of a column, whatever it is, can be read as its type.
    private func isUnreadable(_ name: String) -> Bool {
        guard let column = reader.column(name), let source = writer.column(name) else { return false }
        let forms = writer.forms(source)
        return !forms.isEmpty
            && forms.allSatisfy { form in
                let target = reader.readForm(column) ?? form
                guard form.isKnown, target.isKnown else { return false }
                let type = LogicalType(rawValue: column.logicalType ?? "")
                return !form.isReadable(as: target) || !(type?.accepts(target.found("")) ?? true)
            }
    }

    /// Whether a promise means the same over the values that reach the reader.
    private func isReadAlike(_ promise: Promise) -> Bool {
        reader.columns(of: promise).map { $0.allSatisfy { isAlike($0.text, for: promise) } } ?? isWhollyAlike(promise)
    }

    private func isWhollyAlike(_ promise: Promise) -> Bool {
        let names = Set((reader.object?.columns ?? []).map(\.name)).union((writer.object?.columns ?? []).map(\.name))
        return names.allSatisfy { isAlike($0, for: promise) }
    }

    var hasSameTimes: Bool {
        writer.object?.eventTime == reader.object?.eventTime && writer.object?.knownTime == reader.object?.knownTime
            && writer.object?.keys == reader.object?.keys
    }

    private func impliesValues(_ promise: Promise) -> Bool {
        guard let name = promise.column, let sets = ValueSet.sets(of: name, writer: writer, reader: reader) else {
            return false
        }
        return sets.allSatisfy { set in
            switch prepared(promise, name, set.form).work {
            case .settled(let verdict, _): return verdict == .kept
            case .rows(let tests, _, _):
                let physical = reader.physicalName(name)
                return tests.allSatisfy { $0.column.isSame(as: physical) && set.passes($0.kind) }
                    && passesBeyond64Bits(promise, name, set)
            case .measures, .unexecutable: return false
            }
        }
    }

    private func prepared(_ promise: Promise, _ name: String, _ form: ColumnForm) -> Prepared {
        let found = TableDescription.Column(
            name: reader.physicalName(name), type: form.type, nativeType: form.native)
        return CheckCatalogue.prepare(
            promise, for: TableContext(object: reader.object, found: [found], now: TableSide.now))
    }

    /// Whether a promise that 64 bits keep is kept by wider integers too, where the data may hold such.
    ///
    /// Only an end at which the writer's numbers go as far as 64 bits do can be passed by wider ones.
    private func passesBeyond64Bits(_ promise: Promise, _ name: String, _ set: ValueSet) -> Bool {
        guard set.form.type == .int64, set.values == nil, let source = writer.column(name),
            let range = ValueSet.integers(set.form.type, set.kinds)
        else { return true }
        let (isOpenBelow, isOpenAbove) = (range.lowerBound == .min, range.upperBound == .max)
        return writer.wideForms(source).allSatisfy { form in
            guard let wide = ValueSet.set(of: name, form, writer),
                case .rows(let tests, _, _) = prepared(promise, name, form).work
            else { return true }
            return tests.allSatisfy { test in
                guard case .decimals(let interval) = test.kind else { return true }
                return wide.passes(
                    .decimals(
                        RowTest.DecimalInterval(
                            lower: isOpenBelow ? interval.lower : nil, isLowerOpen: interval.isLowerOpen,
                            upper: isOpenAbove ? interval.upper : nil, isUpperOpen: interval.isUpperOpen)))
            }
        }
    }
}
