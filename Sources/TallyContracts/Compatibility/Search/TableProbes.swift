// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// The tables that are tried for a reason, made from one that the writer admits.
struct TableProbes {
    let search: TableSearch
    let base: TableMaker.Recipe

    private var maker: TableMaker { search.maker }
    private var sides: [TableSide] { [search.writer, search.reader] }

    func recipes(for target: Target) -> [TableMaker.Recipe] {
        switch target {
        case .absent: return []
        case .meaning, .reserved, .renamed: return [base]
        case .reading(let column): return varied([ExactName(column)])
        case .promise(let id):
            guard let promise = search.reader.promises.first(where: { $0.id == id }) else { return [] }
            return recipes(for: promise)
        }
    }

    private func recipes(for promise: Promise) -> [TableMaker.Recipe] {
        switch promise.check {
        case "present": return [base]
        case "undeclared":
            var open = base
            open.hasExtra = true
            return [base, open]
        case "sql": return []
        case "rowCount": return sizes(NumberSet.thresholds).map { with { $0.count = $1 }($0) }
        case "rowCountChange": return changes
        case "nullValues", "missingValues", "invalidValues": return parts(promise)
        case "duplicateValues", "unique": return repeats(promise)
        case "distinctCount": return distinct(promise)
        case "reference":
            return [base] + [with { $0.emptyTables = [$1] }(promise.arguments["object"]?.stringValue ?? "")]
        case "freshness", "latency", "frequency": return times(promise)
        case _: break
        }
        let names = (search.reader.columns(of: promise) ?? []).filter { maker.choices[$0] != nil }.sorted()
        let single = names.flatMap(sparse) + varied(names)
        let limits = limits(promise)
        guard !limits.isEmpty, let name = promise.column.map(ExactName.init) else { return single }
        return counted(promise, name).prefix(3).flatMap { choice in shares(name, choice, limits) } + single
    }

    /// A change of the base, made with some argument.
    private func with<T>(_ change: @escaping (inout TableMaker.Recipe, T) -> Void) -> (T) -> TableMaker.Recipe {
        { argument in
            var recipe = base
            change(&recipe, argument)
            return recipe
        }
    }

    /// The base with other values in some columns, those first that the reader refuses by themselves.
    private func varied(_ names: [ExactName]) -> [TableMaker.Recipe] {
        if names.isEmpty { return [base] }
        var recipes: [TableMaker.Recipe] = [base]
        var random = SplitMix64(seed: 1)
        if names.count == 1, let name = names.first {
            let choices = maker.choices[name] ?? []
            for choice in choices.filter({ !$0.isWelcome }) + choices.filter(\.isWelcome) {
                recipes.append(setting(name, choice))
                // Other columns may have to move with it.
                if !choice.isWelcome, hasRules {
                    recipes += (0..<6).map { _ in shuffled(keeping: [name: choice], &random) }
                }
            }
            return recipes
        }
        let lists = names.map { name in Array((maker.choices[name] ?? []).prefix(40)) }
        for _ in 0..<350 {
            var recipe = base
            for (name, list) in zip(names, lists) {
                if let choice = random.pick(list) { recipe = setting(name, choice, in: recipe) }
            }
            recipes.append(recipe)
        }
        return recipes
    }

    /// Single rows that the reader refuses, among as many others as a share that the writer admits takes.
    private func sparse(_ name: ExactName) -> [TableMaker.Recipe] {
        let shares = search.writer.promises.filter {
            ["nullValues", "missingValues", "invalidValues", "duplicateValues"].contains($0.check)
                && (search.writer.columns(of: $0)?.contains(name) ?? false) && Metric.isPercent($0)
        }
        guard let least = shares.flatMap(NumberSet.thresholds).filter({ $0 > 0 && $0 < 100 }).min() else { return [] }
        let needed = (100 / least).rounded(.up) + 1
        guard needed <= Double(min(200_000, maker.mostRows)) else { return [] }
        let refused = (maker.choices[name] ?? []).filter { !$0.isWelcome }
        return (refused.filter(\.value.isNull) + refused.filter { !$0.value.isNull }.prefix(3)).map {
            filled(name, $0, 1, of: Int(needed))
        }
    }

    /// Whether some promise of the writer ties columns together.
    private var hasRules: Bool {
        search.writer.promises.contains { (search.writer.columns(of: $0)?.count ?? 2) > 1 && $0.check != "unique" }
    }

    private func shuffled(keeping kept: [ExactName: TableMaker.Choice], _ random: inout SplitMix64)
        -> TableMaker.Recipe
    {
        var recipe = base
        for (name, choices) in maker.choices.sorted(by: { $0.key < $1.key }) {
            if let choice = kept[name] ?? random.pick(choices) { recipe = setting(name, choice, in: recipe) }
        }
        return recipe
    }

    private func setting(
        _ name: ExactName, _ choice: TableMaker.Choice, in recipe: TableMaker.Recipe? = nil
    ) -> TableMaker.Recipe {
        var recipe = recipe ?? base
        // In the first row alone where the form allows, so that what rows have together stays.
        if recipe.count > 1, recipe.picks[name]?.form == choice.form {
            recipe.values[name, default: []].append(choice.value)
        } else {
            recipe.picks[name] = choice
        }
        return recipe
    }

    private func sizes(_ thresholds: (Promise) -> [Double]) -> [Int] {
        let written = sides.flatMap(\.promises).filter { $0.check == "rowCount" }.flatMap(thresholds)
        return NumberSet.probes(written, .counts).filter { $0 <= Double(maker.mostRows) }.map { Int($0) }
    }

    private var changes: [TableMaker.Recipe] {
        let written = sides.flatMap(\.promises).filter { $0.check == "rowCountChange" }.flatMap(NumberSet.thresholds)
        var recipes: [TableMaker.Recipe] = []
        for percent in NumberSet.probes(written, .numbers) where percent >= -100 && percent <= 10_000 {
            for previous in [1, 100, 1000] {
                var recipe = base
                let exact: Double = Double(previous) * (1 + percent / 100)
                recipe.count = Int(exact.rounded())
                recipe.previousRows = previous
                recipes.append(recipe)
            }
        }
        return recipes
    }

    /// The numbers of rows that are tried where a part of them matters.
    private func counts(_ promise: Promise) -> [Int] {
        var counts: Set<Int> = [base.count, 2, 10, 100, 1000]
        for size in sizes(NumberSet.thresholds) where size <= 2000 { counts.insert(size) }
        // A small share takes many rows.
        for percent in Metric.isPercent(promise) ? thresholds(like: promise) : [] where percent > 0 && percent < 0.2 {
            let needed = (100 / percent).rounded(.up)
            if needed <= Double(min(200_000, maker.mostRows)) { counts.formUnion([Int(needed), Int(needed) + 1]) }
        }
        return counts.sorted()
    }

    /// Returns the numbers of rows from 0 to `count` at and next to some thresholds, with 0 and 1 among them.
    private func ways(_ thresholds: [Double], isPercent: Bool, of count: Int) -> [Int] {
        var ways: Set<Int> = [0, 1]
        for threshold in thresholds {
            let exact: Double = isPercent ? threshold * Double(count) / 100 : threshold
            guard exact.magnitude <= 1e9 else { continue }
            let (floor, ceiling) = (Int(exact.rounded(.down)), Int(exact.rounded(.up)))
            ways.formUnion([floor - 1, floor, ceiling, ceiling + 1])
        }
        return ways.filter { $0 >= 0 && $0 <= count }.sorted()
    }

    private func thresholds(like promise: Promise) -> [Double] {
        sides.flatMap(\.promises).filter { $0.check == promise.check && $0.column.isSame(as: promise.column) }
            .flatMap(NumberSet.thresholds)
    }

    private func limits(_ promise: Promise) -> [Double] {
        sides.flatMap { side in
            side.promises.filter { $0.check == promise.check && $0.column.isSame(as: promise.column) }.compactMap {
                promise in
                if case .share(let limit) = side.force(of: promise) { limit * 100 } else { nil }
            }
        }
    }

    /// Values that fail a promise's own tests.
    private func counted(_ promise: Promise, _ name: ExactName) -> [TableMaker.Choice] {
        var rules: [ColumnForm: ColumnRules] = [:]
        return (maker.choices[name] ?? []).filter { choice in
            let form = search.reader.column(name.text).flatMap(search.reader.readForm) ?? choice.form
            guard let read = choice.form.convert(choice.value, to: form) else { return false }
            let own = rules[form] ?? ColumnRules(of: promise, name.text, form, search.reader)
            rules[form] = own
            return !own.admit(read)
        }
    }

    /// Tables in which some of the rows have another value.
    private func shares(_ name: ExactName, _ choice: TableMaker.Choice, _ percents: [Double]) -> [TableMaker.Recipe] {
        [base.count, 10, 100, 1000].flatMap { count in
            ways(percents + [100], isPercent: true, of: count).map { part in filled(name, choice, part, of: count) }
        }
    }

    private func filled(_ name: ExactName, _ choice: TableMaker.Choice, _ part: Int, of count: Int) -> TableMaker.Recipe
    {
        var recipe = base
        recipe.count = count
        if let pick = recipe.picks[name], pick.form != choice.form {
            recipe.picks[name] = maker.choices[name]?.first { $0.form == choice.form && $0.isWelcome } ?? choice
        }
        recipe.values[name] = [Value](repeating: choice.value, count: part)
        return recipe
    }

    private func parts(_ promise: Promise) -> [TableMaker.Recipe] {
        guard let name = promise.column.map(ExactName.init), let choices = maker.choices[name] else {
            // What the data lack is null in every row.
            let around = ways(thresholds(like: promise), isPercent: false, of: 2000)
            return Set(around + counts(promise)).sorted().map { with { $0.count = $1 }($0) }
        }
        let isPercent = Metric.isPercent(promise)
        let special: [TableMaker.Choice]
        if promise.check == "nullValues" {
            special = choices.filter(\.value.isNull)
        } else {
            special = choices.filter(\.value.isNull) + counted(promise, name).prefix(3)
        }
        // Values that are counted must be told from those that are not: the base may be either.
        let plain = Array(choices.filter { !$0.value.isNull }.prefix(6))
        return special.flatMap { choice in
            counts(promise).flatMap { count in
                ways(thresholds(like: promise), isPercent: isPercent, of: count).flatMap { part in
                    (promise.check == "nullValues" ? plain.prefix(1) : plain[...]).map { other in
                        var recipe = filled(name, choice, part, of: count)
                        if other.form == choice.form { recipe.picks[name] = other }
                        return recipe
                    }
                }
            }
        }
    }

    private func repeats(_ promise: Promise) -> [TableMaker.Recipe] {
        let names = Implication.unique(promise)
        let isUnique = promise.check == "unique"
        return counts(promise).filter { $0 > 1 }.flatMap { count in
            let parts =
                isUnique ? [1] : ways(thresholds(like: promise), isPercent: Metric.isPercent(promise), of: count)
            return parts.filter { $0 < count }.map { part in
                var recipe = base
                recipe.count = count
                // All other columns that tell rows apart go on doing so.
                recipe.repeated = names
                recipe.repeats = part
                for name in names {
                    if recipe.picks[name]?.value.isNull == true {
                        recipe.picks[name] = maker.choices[name]?.first { !$0.value.isNull } ?? recipe.picks[name]
                    }
                }
                // Rows differ beyond those that are meant to repeat.
                if !isUnique { recipe.apart = [names] }
                return recipe
            }
        }
    }

    private func distinct(_ promise: Promise) -> [TableMaker.Recipe] {
        guard let name = promise.column.map(ExactName.init), let pick = base.picks[name] else { return [base] }
        return NumberSet.probes(thresholds(like: promise), .counts).filter { $0 <= 2000 && $0 > 0 }.map { number in
            var recipe = base
            recipe.count = max(base.count, Int(number))
            let values = maker.distinct(name, pick, Int(number))
            recipe.values[name] =
                values + [Value](repeating: values.last ?? pick.value, count: recipe.count - values.count)
            return recipe
        }
    }

    /// Tables whose newest row, or whose delay, is just within or beyond the limits.
    private func times(_ promise: Promise) -> [TableMaker.Recipe] {
        let limits = sides.flatMap(\.promises).filter { TableSide.timed.contains($0.check) }
            .compactMap { $0.arguments["limit"]?.exactValue }
            .filter { $0.magnitude <= UInt64(ValueCandidates.longestSpan) }
        let object = search.reader.object
        let names = [promise.column, promise.arguments["column"]?.stringValue, object?.eventTime]
            .compactMap { $0.map(ExactName.init) }
        guard let event = names.first(where: { maker.choices[$0] != nil }) else { return [base] }
        let known = object?.knownTime.map(ExactName.init).flatMap { maker.choices[$0] != nil && $0 != event ? $0 : nil }
        let now = TableSide.now.microseconds
        return Set(limits.flatMap { [$0, $0 + 1, max(0, $0 - 1)] }).sorted().flatMap { age in
            [0, age].map { delay in
                var recipe = base
                let pick = base.picks[event].flatMap { $0.form.type == .timestamp ? $0 : nil }
                recipe.picks[event] = pick ?? maker.choices[event]?.first { $0.form.type == .timestamp }
                recipe.values[event] = (0..<base.count).map {
                    .timestamp(Timestamp(microseconds: now - age - Int64($0)))
                }
                if let known {
                    recipe.values[known] = (0..<base.count).map {
                        .timestamp(Timestamp(microseconds: now - age - Int64($0) + delay))
                    }
                }
                return recipe
            }
        }
    }
}
