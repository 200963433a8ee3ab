// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks the label of a service against its source.
struct LabelCheck {
    private let label: FeatureService.Label
    private let located: LocatedDefinition
    private let node: YAMLNode
    private let check: RepositoryCheck

    init(_ label: FeatureService.Label, _ located: LocatedDefinition, _ check: RepositoryCheck) {
        self.label = label
        self.located = located
        node = located.node.value("label") ?? located.node
        self.check = check
    }

    /// Checks source, event time, keys and column.
    func run() {
        guard let source = check.sources[label.source] else {
            check.reportUnknown(
                .source, label.source, DefinitionCode.unknownSource, at: node.value("source")?.location ?? node.location
            )
            return
        }
        if let entry = node.entry("maturity"), source.eventTime == nil {
            check.findings.error(
                DefinitionCode.maturityWithoutTime,
                "maturity counts from an event time, and source '\(source.name)' has none", at: entry.key.location,
                help: "add 'eventTime' to the source, or delete 'maturity'")
        }
        guard let columns = check.columns[label.source], columns.columns != nil else {
            check.skip(label.source, checks: label.keys.count + 1)
            return
        }
        for (index, key) in label.keys.enumerated() {
            let place = located.part("keys", index).location
            guard let type = type(of: key, "label key", columns, at: place), !type.canBeKey else { continue }
            check.findings.error(
                DefinitionCode.keyType, "label key '\(key)' cannot be \(type)", at: place,
                note: "equal keys must have equal bytes, which floats and arrays do not promise",
                help: "use a column of integers or text")
        }
        _ = type(of: label.column, "label", columns, at: node.value("column")?.location ?? node.location)
    }

    private func type(
        of column: String, _ word: String, _ columns: SourceColumns, at place: SourceLocation
    ) -> DataType? {
        if let type = columns.type(of: column) { return type }
        if let native = columns.native[column] {
            check.findings.error(
                DefinitionCode.nativeType, "\(word) '\(column)' is \(native), which has no counterpart here", at: place,
                help: columns.help(forForeign: column, as: nil))
        } else {
            check.findings.error(
                DefinitionCode.unknownColumn, "source '\(label.source)' has no column '\(column)'", at: place,
                help: columns.help(for: column))
        }
        return nil
    }
}
