// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TableMaker {
    /// A recipe in which as many rows are null, missing, invalid or repeated as the writer asks for.
    ///
    /// Rows differ in whatever may not repeat. Nil where no number of rows out of all is the one asked for.
    func fitted(_ recipe: Recipe) -> Recipe? {
        var recipe = recipe
        for promise in writer.promises where writer.force(of: promise) == .full && recipe.count > 0 {
            guard ["nullValues", "missingValues", "invalidValues", "duplicateValues"].contains(promise.check),
                let threshold = Comparison(promise.arguments)
            else { continue }
            let isPercent = Metric.isPercent(promise)
            let part = (0...recipe.count).first { part in
                isPercent ? threshold.holds(percent: part, of: recipe.count) : threshold.holds(part)
            }
            guard let part else { return nil }
            if promise.check == "duplicateValues" {
                let names = Implication.unique(promise)
                recipe.apart.append(names)
                guard part > 0 else { continue }
                recipe.repeated.formUnion(names)
                recipe.repeats = max(recipe.repeats, part)
            } else if part > 0, let name = promise.column.map(ExactName.init) {
                guard let choice = special(promise, name, recipe) else { return nil }
                recipe.values[name, default: []] += [Value](repeating: choice.value, count: part)
            }
        }
        return recipe
    }

    /// A value that a metric of the writer counts, of the form that the recipe has.
    private func special(_ promise: Promise, _ name: ExactName, _ recipe: Recipe) -> Choice? {
        guard let form = recipe.picks[name]?.form else { return nil }
        let same = (choices[name] ?? []).filter { $0.form == form }
        if promise.check == "nullValues" { return same.first(where: \.value.isNull) }
        let rules = ColumnRules(of: promise, name.text, form, writer)
        return same.first { !$0.value.isNull && !rules.admit($0.value) } ?? same.first(where: \.value.isNull)
    }
}

extension TableMaker.Recipe {
    /// Returns recipes of the table with another number of rows: one keeps counts of rows, the others their shares.
    func grown(to size: Int) -> [TableMaker.Recipe] {
        let ratio = Double(size) / Double(max(1, count))
        var same = self
        same.count = size
        same.previousRows = previousRows.map { Int((Double($0) * ratio).rounded()) }
        var recipes = [same]
        for direction in [FloatingPointRoundingRule.down, .up] {
            var recipe = same
            recipe.repeats = Int((Double(repeats) * ratio).rounded(direction))
            for (name, own) in values {
                guard let first = own.first, own.count > 1 || recipe.repeats > 0 || count <= 1000,
                    own.allSatisfy({ $0 == first })
                else { continue }
                let length = Int((Double(own.count) * ratio).rounded(direction))
                recipe.values[name] = [Value](repeating: first, count: max(1, length))
            }
            if !recipes.contains(where: { $0.repeats == recipe.repeats && $0.values == recipe.values }) {
                recipes.append(recipe)
            }
        }
        return recipes
    }
}
