// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// A view that is ready to run: the columns to read of its source and the values to compute from them.
public struct CompiledView: Sendable {
    /// The view.
    public let view: FeatureView
    /// Its source.
    public let source: Source
    /// Whether its event time is a day rather than an instant.
    let isOfDays: Bool
    /// The contract on the source's rows; nil for none.
    public let contract: Contract?
    /// For each feature, what replaces values that break its promise; nil for nothing.
    public let guards: [ValueGuard?]
    /// The columns that are read of its source, those that are stored, and those that come along.
    public let columns: ViewColumns
    /// The rule that answers from its stored rows.
    public let answers: StoredLatestRow
    /// The expressions in their canonical spelling, by feature; none for plain columns.
    let canonicalTexts: [String: String]

    /// Compiles a view of a checked set.
    public init(_ view: FeatureView, in definitions: DefinitionSet) throws(TallyError) {
        guard let source = definitions.sources[view.source],
            let sourceColumns = definitions.sourceColumns[view.source]
        else {
            throw TallyError(
                .invalidDefinitions, "its source '\(view.source)' has no known columns", subject: "view \(view.name)",
                help: "run `\(.check)`")
        }
        self.view = view
        self.source = source
        isOfDays = source.eventTime.map { definitions.type(ofColumn: $0, in: source.name) == .date } ?? false
        contract = definitions.contracts[source.name]
        answers = try Self.answers(of: view.law, view: view.name)
        var guards: [ValueGuard?] = []
        for feature in view.features { guards.append(try ValueGuard(feature, isOnDemand: false)) }
        self.guards = guards
        let joinKeys = definitions.joinKeys(of: view)
        let features = view.features.map { ColumnSchema(name: $0.name, type: $0.type) }
        guard view.features.contains(where: { $0.expression != nil }) else {
            columns = ViewColumns(keys: joinKeys, inputs: features, features: features)
            canonicalTexts = [:]
            return
        }
        // A plain feature's column is read as the feature's type, for the expressions beside it too.
        let readable = view.columns(sourceColumns)
        var compiled: [CompiledFeature] = []
        for feature in view.features {
            compiled.append(try CompiledFeature(feature, columns: readable, owner: "view \(view.name)"))
        }
        let isComputed = compiled.map { $0.feature.expression != nil }
        let computed = compiled.filter { $0.feature.expression != nil }
        canonicalTexts = Dictionary(
            uniqueKeysWithValues: computed.map { ($0.feature.name, $0.expression.canonicalText) })
        let used = ByName(compiled.flatMap(\.expression.inputs).map { ($0, true) })
        let expressions = compiled.map(\.expression)
        columns = ViewColumns(
            keys: joinKeys, inputs: readable.filter { used[$0.name] != nil }, features: features, isComputed: isComputed
        ) { batch in
            expressions.map { expression in
                let evaluated = expression.evaluate(batch)
                return (evaluated.column, evaluated.findingRows)
            }
        }
    }

    /// Returns the rule that answers from the stored rows of a law.
    ///
    /// A window is law and oracle alone: nothing fills, reads or joins one, and so no view may have it
    /// (`E-invalid-definitions`).
    static func answers(of law: ViewLaw, view: String) throws(TallyError) -> StoredLatestRow {
        switch law {
        case .latestRow(let timeToLive): return StoredLatestRow(timeToLive: timeToLive)
        case .window:
            throw TallyError(
                .invalidDefinitions, "it asks for a window, and this version keeps the latest row only",
                subject: "view \(view)", help: "declare features of the latest row")
        }
    }

    /// The view's join keys in order.
    public var joinKeys: [ColumnSchema] { columns.keys }

    /// The source columns that are read in addition to keys and times.
    public var inputs: [ColumnSchema] { columns.inputs }

    /// The column from whose times, or whose days' ends, rows are known; nil when none is declared.
    var knownColumn: String? {
        switch source.knownTime {
        case .after: nil
        case .undeclared: isOfDays || source.isText ? source.eventTime : nil
        case .column(let name): name
        }
    }

    /// The columns of the source that are read for it.
    var readColumns: [String] {
        inputs.map(\.name) + joinKeys.map(\.name) + [source.eventTime, knownColumn].compactMap { $0 }
    }
}
