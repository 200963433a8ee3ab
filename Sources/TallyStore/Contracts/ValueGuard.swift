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
    /// What stands in for a value that breaks the promise; null without a default.
    let replacement: Value

    /// The guard of a feature; nil when nothing about it replaces values.
    init?(_ feature: Feature, isOnDemand: Bool) throws(TallyError) {
        let guarding = feature.promises.filter { promise in
            let action = (promise.reaction ?? .usual(for: promise.severity)).action
            switch action {
            case .serveDefault: return true
            case .block, .rollback, .quarantine: return isOnDemand
            case .accept, .warn: return false
            }
        }
        guard !guarding.isEmpty else { return nil }
        column = ColumnSchema(name: feature.name, type: feature.type)
        let context = TableContext(
            found: [
                TableDescription.Column(name: feature.name, type: feature.type, nativeType: feature.type.name)
            ], now: .distantPast)
        var rules: [RowRule] = []
        for promise in guarding {
            for test in CheckCatalogue.prepare(promise, for: context).rowTests {
                guard case .success(let rule) = RowRule.compile(test, columns: [column]) else { continue }
                rules.append(rule)
            }
        }
        guard !rules.isEmpty else { return nil }
        self.rules = rules
        guard let written = feature.defaultValue else {
            replacement = .null
            return
        }
        guard let value = ValueList.value(written, as: feature.type) else {
            throw TallyError(
                .invalidDefinitions, "its default is no \(feature.type)", subject: "feature \(feature.name)",
                help: "run `tally check`")
        }
        replacement = value
    }

    /// The rows whose values break the promise; nil when none do.
    func broken(_ values: Column) -> RowMask? {
        let batch = Batch(schema: [column], columns: [values], count: values.count)
        let mask = rules.reduce(into: RowMask(count: values.count)) { $0.formUnion($1.failures(in: batch)) }
        return mask.failing == 0 ? nil : mask
    }

    /// The column with the replacement where the mask says so.
    func replacing(_ values: Column, _ mask: RowMask) -> Column {
        Column(type: values.type, values: (0..<values.count).map { mask[$0] ? replacement : values[$0] })
    }
}
