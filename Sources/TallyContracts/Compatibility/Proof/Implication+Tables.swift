// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Implication {
    /// Whether the writer has the same service level with a limit that is no longer.
    func impliesTime(_ promise: Promise) -> Bool {
        guard hasSameTimes, let limit = promise.arguments["limit"]?.exactValue else { return false }
        let share = { (promise: Promise, name: String) in
            promise.arguments[name].flatMap(Bounds.number).flatMap { Double($0.description) }
        }
        return hasTwin(promise) { mine, other in
            guard let own = mine.arguments["limit"]?.exactValue, own <= limit else { return false }
            guard mine.column.isSame(as: other.column), mine.arguments["column"] == other.arguments["column"] else {
                return false
            }
            let (quantile, wanted) = (share(mine, "quantile") ?? 0.99, share(other, "quantile") ?? 0.99)
            return share(mine, "share") == share(other, "share") && (mine.check != "latency" || quantile >= wanted)
        }
    }

    /// Whether some columns of the key are a key of the writer: rows that differ in these differ in the whole key.
    func impliesUnique(_ promise: Promise) -> Bool {
        let wanted = Self.unique(promise)
        guard !wanted.isEmpty else { return false }
        // A row in which one of the columns is null is left out.
        if wanted.contains(where: { isAlwaysNull($0.text) }) { return true }
        guard wanted.allSatisfy({ name in isInjective(name.text) }) else { return false }
        return writer.promises.contains { mine in
            mine.check == "unique" && writer.force(of: mine) == .full && Self.unique(mine).isSubset(of: wanted)
                && !Self.unique(mine).isEmpty
        }
    }

    /// The columns that tell rows apart by a promise.
    static func unique(_ promise: Promise) -> Set<ExactName> {
        let names = promise.arguments["columns"]?.arrayValue ?? promise.arguments["properties"]?.arrayValue
        return Set((names?.compactMap(\.stringValue) ?? promise.column.map { [$0] } ?? []).map(ExactName.init))
    }

    private func isAlwaysNull(_ name: String) -> Bool {
        let sets = ValueSet.sets(of: name, writer: writer, reader: reader)
        return sets?.allSatisfy { $0.mayBeNull && $0.values?.isEmpty == true && $0.extra.isEmpty } ?? false
    }

    /// Whether different values stay different when they are read, and no default comes between.
    private func isInjective(_ name: String) -> Bool {
        guard writer.column(name) != nil, let sets = ValueSet.sets(of: name, writer: writer, reader: reader) else {
            return false
        }
        return sets.allSatisfy(\.extra.isEmpty)
    }

    /// Whether the writer has the same query with a threshold that is no wider.
    func impliesQuery(_ promise: Promise) -> Bool {
        let twins = writer.promises.filter { mine in
            mine.check == "sql" && mine.column.isSame(as: promise.column) && writer.force(of: mine) == .full
                && mine.arguments["query"] == promise.arguments["query"]
        }
        guard !twins.isEmpty, let own = NumberSet(twins), let wanted = NumberSet([promise]) else { return false }
        return own.isSubset(of: wanted, .numbers)
    }

    /// A threshold for a number that the writer keeps within one that is no wider.
    func impliesNumber(_ promise: Promise) -> Bool {
        guard let wanted = NumberSet([promise]) else { return false }
        // Over no values there is nothing to judge.
        let ofValues = ["minimum", "maximum", "sum", "mean", "quantile", "distinctCount"]
        if ofValues.contains(promise.check), promise.column.map(isAlwaysNull) ?? false { return true }
        let domain = NumberSet.domain(promise)
        let twins = writer.promises.filter { mine in
            mine.check == promise.check && mine.column.isSame(as: promise.column) && writer.force(of: mine) == .full
                && NumberSet.domain(mine) == domain && Self.rest(mine) == Self.rest(promise)
        }
        let isAsIs = hasTwin(promise) { mine, _ in twins.contains { $0.id == mine.id } }
        if !twins.isEmpty, isAsIs || promise.check == "rowCount", let own = NumberSet(twins),
            own.isSubset(of: wanted, domain)
        {
            return true
        }
        return isNone(promise) && wanted.holds(0) || liesWithin(promise, wanted)
    }

    /// Returns the arguments of a promise without its operator.
    static func rest(_ promise: Promise) -> [String: JSON] {
        promise.arguments.filter { !Comparison.names.contains($0.key) && $0.key != "unit" }
    }

    /// Whether the number of a promise is 0 because other promises leave no such row.
    private func isNone(_ promise: Promise) -> Bool {
        switch promise.check {
        case "duplicateValues":
            var arguments = promise.arguments
            arguments["columns"] = .array(Self.unique(promise).sorted().map { .string($0.text) })
            return impliesUnique(Promise(id: "", object: promise.object, check: "unique", arguments: arguments))
        case "nullValues", "missingValues", "invalidValues":
            guard let name = promise.column, let sets = ValueSet.sets(of: name, writer: writer, reader: reader) else {
                return false
            }
            return sets.allSatisfy { set in counted(promise, set)?.allSatisfy(set.passes) ?? false }
        case _: return false
        }
    }

    /// The tests whose failures a promise counts; nil where that is not known.
    private func counted(_ promise: Promise, _ set: ValueSet) -> [RowTest.Kind]? {
        let physical = reader.physicalName(promise.column ?? "")
        let context = TableContext(
            object: reader.object,
            found: [TableDescription.Column(name: physical, type: set.form.type, nativeType: set.form.native)],
            now: TableSide.now)
        guard case .measures(let measures, _) = CheckCatalogue.prepare(promise, for: context).work else { return nil }
        return measures.flatMap { measure -> [RowTest.Kind] in
            switch measure {
            case .nulls: [.required]
            case .failures(let tests): tests.map(\.kind)
            case .rows, .distinct, .surplus, .minimum, .maximum, .sum, .latest, .longestGap, .staleKeys,
                .quantile, .lag, .orphans, .query:
                []
            }
        }
    }

    /// Whether the smallest, the largest or a quantile of the values cannot leave what a threshold admits.
    private func liesWithin(_ promise: Promise, _ wanted: NumberSet) -> Bool {
        guard ["minimum", "maximum", "quantile"].contains(promise.check), let name = promise.column,
            let sets = ValueSet.sets(of: name, writer: writer, reader: reader),
            let all = NumberSet([])
        else { return false }
        return sets.allSatisfy { set in
            guard set.extra.isEmpty else { return false }
            if set.form.type == .int32 || set.form.type == .int64 {
                guard let range = ValueSet.integers(set.form.type, set.kinds) else { return false }
                let isWide = writer.column(name).map { !writer.wideForms($0).isEmpty } ?? false
                return all.isSubset(
                    of: wanted, .numbers, from: Self.float(range.lowerBound, isWide, .down),
                    to: Self.float(range.upperBound, isWide, .up))
            }
            guard let own = set.floats else { return false }
            return all.isSubset(of: wanted, .numbers, from: own.lower, to: own.upper)
        }
    }

    /// An end of integers as a float that is not inside it; none where wider integers than 64 bits may be beyond it.
    private static func float(_ end: Int64, _ isWide: Bool, _ direction: FloatingPointRoundingRule) -> Double {
        if isWide, end == .min || end == .max { return end < 0 ? -.infinity : .infinity }
        let nearest = Double(end)
        if Int64(exactly: nearest) == end { return nearest }
        return direction == .up ? nearest.nextUp : nearest.nextDown
    }
}
