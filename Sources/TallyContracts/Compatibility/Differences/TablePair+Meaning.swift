// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

extension TablePair {
    private static let transforms = ["transformHash", "transformLogic", "transformVersion"]

    /// The rules of meanings that have one of their own.
    private static let rules: [String: String] = [
        "unit": "unit-changed", "currency": "unit-changed", "window": "aggregation-changed",
        "slide": "aggregation-changed", "aggregation": "aggregation-changed", "filter": "aggregation-changed",
        "embeddingModel": "embedding-model-changed", "embeddingModelVersion": "embedding-model-changed",
        "chunker": "embedding-model-changed", "chunkSize": "embedding-model-changed",
        "tokenizer": "embedding-model-changed", "distanceMetric": "distance-changed",
        "normalized": "distance-changed", "entities": "entity-key-changed",
    ]

    mutating func compareKeys(_ before: Contract.Object, _ after: Contract.Object) {
        if before.keys != after.keys {
            var finding = Finding(
                columns: Set(before.keys + after.keys).sorted(), old: Self.words(before.keys),
                new: Self.words(after.keys), location: after.location)
            if Set(before.keys) == Set(after.keys) {
                add("entity-key-reordered", finding)
            } else {
                finding.backward = [.meaning(nil, "keys")] + keyed(new)
                finding.forward = [.meaning(nil, "keys")] + keyed(old)
                add(Self.rule("entity-key-changed", before.keys.isEmpty, after.keys.isEmpty), finding)
            }
        }
        compareTime("event time", before.eventTime, after.eventTime, after.location)
        compareTime("known time", before.knownTime, after.knownTime, after.location)
    }

    private mutating func compareTime(_ key: String, _ before: String?, _ after: String?, _ place: SourceLocation?) {
        guard before != after else { return }
        add(
            Self.rule("event-time-changed", before == nil, after == nil),
            Finding(
                old: before.map { "\(key) \($0)" }, new: after.map { "\(key) \($0)" },
                backward: [.meaning(nil, key)] + keyed(new), forward: [.meaning(nil, key)] + keyed(old), location: place
            ))
    }

    /// Promises that look at the table's keys and time columns, whatever they are given.
    private func keyed(_ side: TableSide) -> [Target] {
        side.promises.filter { TableSide.timed.contains($0.check) }.map { .promise($0.id) }
    }

    /// A rule, or the ones for what was not declared before or no longer is.
    private static func rule(_ changed: String, _ wasNone: Bool, _ isNone: Bool) -> String {
        wasNone ? "meaning-declared" : isNone ? "meaning-dropped" : changed
    }

    private static func words(_ names: [String]) -> String? {
        names.isEmpty ? nil : "key \(names.joined(separator: ", "))"
    }

    mutating func compareTableMeaning(_ before: Contract.Object, _ after: Contract.Object) {
        compare(before.meaning, after.meaning, column: nil, location: after.location)
        if before.physicalName ?? before.name != after.physicalName ?? after.name {
            add(
                "physical-name-changed",
                Finding(old: before.physicalName ?? name, new: after.physicalName ?? name, location: after.location))
        }
    }

    mutating func compareMeaning(_ before: Contract.Column, _ after: Contract.Column) {
        compare(before.meaning, after.meaning, column: after.name, location: after.location)
    }

    private mutating func compare(
        _ before: [String: JSON], _ after: [String: JSON], column: String?, location: SourceLocation?
    ) {
        compareTransform(before, after, column, location)
        for key in Set(before.keys).union(after.keys).sorted() where !Self.transforms.contains(key) {
            let mine = before[key].flatMap { $0 == .null ? nil : $0 }
            let theirs = after[key].flatMap { $0 == .null ? nil : $0 }
            // Keys and times of a table are compared as such.
            let isSame = mine?.canonicalText == theirs?.canonicalText || key == "eventTime" || key == "createdTime"
            let isKey = key == "entities" && column == nil && old.object?.keys != new.object?.keys
            if isSame || isKey { continue }
            compare(
                key, mine, theirs,
                Finding(
                    column: column, old: mine.map { "\(key) \(MeaningLabel.words($0))" },
                    new: theirs.map { "\(key) \(MeaningLabel.words($0))" }, backward: [.meaning(column, key)],
                    forward: [.meaning(column, key)], location: location))
        }
    }

    private mutating func compare(_ key: String, _ mine: JSON?, _ theirs: JSON?, _ finding: Finding) {
        switch MeaningLabel.kind(of: key) {
        case .identity:
            let isFlag = key == "normalized"
            add(
                Self.rule(Self.rules[key] ?? "meaning-changed", mine == nil && !isFlag, theirs == nil && !isFlag),
                finding)
        case .silent: compareSilent(key, finding)
        case .atMost:
            let (length, other) = (mine.flatMap(MeaningLabel.duration), theirs.flatMap(MeaningLabel.duration))
            let isShorter = (other ?? .max) < (length ?? .max)
            let prefix = key == "ttl" ? "ttl" : "label-delay"
            add("\(prefix)-\(isShorter ? "shortened" : "lengthened")", finding)
        case .classification:
            let (level, other) = (
                mine.map { MeaningLabel.level($0) } ?? -1, theirs.map { MeaningLabel.level($0) } ?? -1
            )
            guard let level, let other, level != other else {
                add("classification-changed", finding)
                return
            }
            add(level < other ? "classification-raised" : "classification-lowered", finding)
        case .environments:
            add(finding) { _, forward in forward.isYes ? "environment-added" : "environment-removed" }
        case .missing:
            let isLooser = MeaningLabel.strictness(theirs) <= MeaningLabel.strictness(mine)
            add(isLooser ? "missing-loosened" : "missing-tightened", finding)
        }
    }

    private mutating func compareSilent(_ key: String, _ finding: Finding) {
        var finding = finding
        guard key == "default", let column = finding.column else {
            finding.backward = []
            finding.forward = []
            add("source-changed", finding)
            return
        }
        finding.backward = targets(about: column, of: new)
        finding.forward = targets(about: column, of: old)
        add("default-changed", finding)
    }

    private mutating func compareTransform(
        _ before: [String: JSON], _ after: [String: JSON], _ column: String?, _ location: SourceLocation?
    ) {
        guard Self.transforms.contains(where: { before[$0]?.canonicalText != after[$0]?.canonicalText }) else { return }
        var finding = Finding(column: column, location: location)
        let key = ["transformLogic", "transformHash", "transformVersion"].first { before[$0] != after[$0] } ?? ""
        finding.old = before[key].map { "\(key) \(MeaningLabel.words($0))" }
        finding.new = after[key].map { "\(key) \(MeaningLabel.words($0))" }
        let isSame: Bool
        if let hash = before["transformHash"], let other = after["transformHash"], hash != .null {
            isSame = hash == other
        } else {
            isSame =
                before["transformVersion"] == after["transformVersion"]
                && before["transformHash"] == after["transformHash"]
                && canonical(before["transformLogic"], old) == canonical(after["transformLogic"], new)
        }
        if !isSame { finding.unproven = .unproven("whether the values differ shows in a run of both transforms only") }
        add(isSame ? "transform-rewritten" : "transform-changed", finding)
    }

    /// One spelling of a transform that is an expression of ours; of any other, its text.
    private func canonical(_ logic: JSON?, _ side: TableSide) -> String? {
        guard let text = logic?.stringValue else { return logic?.canonicalText }
        let columns = (side.object?.columns ?? []).compactMap { column in
            side.forms(column).first.map { ColumnSchema(name: side.physicalName(column.name), type: $0.type) }
        }
        guard case .success(let compiled) = TypedExpression.compile(text, columns: columns) else { return text }
        return compiled.canonicalText
    }
}
