// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// Replaces values that break a promise, one by one and in training and serving alike (SEMANTICS 7).
///
/// A stored feature is guarded where its promise says `serveDefault`: what else is done about its rows was decided when
/// they entered. A feature that is computed on demand never entered, so that every promise of it stronger than a warning
/// guards it.
public struct ValueGuard: Sendable {
    private let column: ColumnSchema
    private let rules: [RowRule]
    /// The rules for values of fixed width, one by one; nil when one of them needs a whole column.
    private let wordRules: [WordRule]?
    /// The value that replaces one that breaks the promise; null without a default.
    let replacement: Value

    /// The guard of a feature; nil when nothing about it replaces values.
    init?(_ feature: Feature, isOnDemand: Bool) throws(TallyError) {
        let guarding = feature.promises.filter { promise in
            Decision.foreseen(promise).replacesValue(isOnDemand: isOnDemand)
        }
        guard !guarding.isEmpty else { return nil }
        column = ColumnSchema(name: feature.name, type: feature.type)
        let context = TableContext(
            found: [
                TableDescription.Column(name: feature.name, type: feature.type, nativeType: feature.type.name)
            ], now: .distantPast)
        var rules: [RowRule] = []
        for promise in guarding {
            // A promise about all rows replaces no value: it is judged when rows enter.
            guard CheckCatalogue[promise.check]?.level.isJudgedRowByRow == true else { continue }
            let prepared = CheckCatalogue.prepare(promise, for: context)
            var obstacle = prepared.obstacle
            for test in prepared.rowTests {
                switch RowRule.compile(test, columns: [column]) {
                case .success(let rule): rules.append(rule)
                case .failure(let found): obstacle = found.reason
                }
            }
            guard let obstacle else { continue }
            throw TallyError(
                .invalidDefinitions, "its promise \(promise.id) cannot be held against its values: \(obstacle)",
                subject: "feature \(feature.name)", help: "run `\(.check)`, and correct or delete the promise")
        }
        guard !rules.isEmpty else { return nil }
        self.rules = rules
        let words = rules.compactMap { WordRule($0) }
        wordRules = words.count == rules.count ? words : nil
        guard let written = feature.defaultValue else {
            replacement = .null
            return
        }
        guard let value = ValueList.value(written, as: feature.type) else {
            throw TallyError(
                .invalidDefinitions, "its default is no \(feature.type)", subject: "feature \(feature.name)",
                help: "run `\(.check)`")
        }
        replacement = value
    }

    /// The rows whose values break the promise; nil when none do.
    func broken(_ values: Column) -> RowMask? {
        let batch = Batch(schema: [column], columns: [values], count: values.count)
        let mask = rules.reduce(into: RowMask(count: values.count)) { $0.formUnion($1.failures(in: batch)) }
        return mask.failing == 0 ? nil : mask
    }

    /// The entities whose values in a column of an answer break the promise.
    func broken(_ column: Int, of values: VectorValues) -> [Int] {
        if let wordRules {
            let isBroken = values.withWords(ofWhole: column) { (words) in
                wordRules.contains { $0.fails(anyOf: words) }
            }
            if isBroken == false { return [] }
            return values.entities(in: column) { (word, isNull) in
                wordRules.contains { $0.fails(word, isNull: isNull) }
            }
        }
        guard let mask = broken(values.column(column)) else { return [] }
        return mask.firstRows(mask.failing)
    }

    /// Returns the column with the replacement in the rows of the mask.
    func replacing(_ values: Column, _ mask: RowMask) -> Column {
        Column(type: values.type, values: (0..<values.count).map { mask[$0] ? replacement : values[$0] })
    }
}
