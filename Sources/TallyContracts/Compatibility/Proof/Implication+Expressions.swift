// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

extension Implication {
    /// The most rows that are looked at one by one.
    private static let mostRows = 4096

    /// Whether the writer has the same condition in canonical spelling, one that a value is present, or few enough
    /// values to try all.
    func impliesExpression(_ promise: Promise) -> Bool {
        if hasTwin(promise, where: { $0.arguments == $1.arguments || isSame($0, $1) }) { return true }
        guard let names = reader.columns(of: promise), !names.isEmpty else { return false }
        var sets: [[ValueSet]] = []
        for name in names.sorted() {
            guard let own = ValueSet.sets(of: name.text, writer: writer, reader: reader) else { return false }
            sets.append(own)
        }
        if let name = names.first, names.count == 1, sets.allSatisfy({ $0.allSatisfy { !$0.mayBeNull } }),
            canonical(promise) == "\(reader.physicalName(name.text)) is not null"
        {
            return true
        }
        return everyForm(sets).allSatisfy { holds(promise, names.sorted().map(\.text), $0) }
    }

    /// Returns every choice of one form for each column.
    private func everyForm(_ sets: [[ValueSet]]) -> [[ValueSet]] {
        sets.reduce([[]]) { choices, forms in choices.flatMap { choice in forms.map { choice + [$0] } } }
    }

    /// Whether a condition holds for every row of some values; false where these are too many.
    private func holds(_ promise: Promise, _ names: [String], _ sets: [ValueSet]) -> Bool {
        let columns = zip(names, sets).map { ColumnSchema(name: reader.physicalName($0), type: $1.form.type) }
        let test = RowTest(nil, .expression(promise.arguments["expression"]?.stringValue ?? ""))
        guard case .success(let rule) = RowRule.compile(test, columns: columns) else { return false }
        var rows: [[ExactName: Value]] = [[:]]
        for (column, set) in zip(columns, sets) {
            guard let few = set.values else { return false }
            let values = few + set.extra + (set.mayBeNull ? [.null] : [])
            guard rows.count * values.count <= Self.mostRows else { return false }
            rows = rows.flatMap { row in values.map { row.merging([ExactName(column.name): $0]) { $1 } } }
        }
        return rows.allSatisfy { row in !rule.fails { row[ExactName($0)] ?? .null } }
    }

    private func isSame(_ mine: Promise, _ other: Promise) -> Bool {
        guard let mine = canonical(mine), let other = canonical(other) else { return false }
        return mine.utf8.elementsEqual(other.utf8)
    }

    private func canonical(_ promise: Promise) -> String? {
        guard let text = promise.arguments["expression"]?.stringValue else { return nil }
        let columns = (reader.object?.columns ?? []).compactMap { column in
            reader.forms(column).first.map { ColumnSchema(name: reader.physicalName(column.name), type: $0.type) }
        }
        guard case .success(let compiled) = TypedExpression.compile(text, columns: columns, expected: .bool) else {
            return nil
        }
        return compiled.canonicalText
    }
}
