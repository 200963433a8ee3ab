// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TablePair {
    /// Finds every difference of the table.
    mutating func compare() {
        guard let before = old.object, let after = new.object else {
            compareExistence()
            return
        }
        compareKeys(before, after)
        compareTableMeaning(before, after)
        var renamed = Set<ExactName>()
        for column in after.columns {
            if let source = before[column: column.name] {
                compare(source, column)
            } else if let source = before.columns.first(where: { isRenamed($0, column) }) {
                renamed.formUnion([ExactName(source.name), ExactName(column.name)])
                add(
                    "column-renamed",
                    Finding(
                        column: column.name, columns: [source.name, column.name], old: source.name, new: column.name,
                        backward: [.renamed(column.name)], forward: [.renamed(source.name)], location: column.location))
            } else {
                compareAdded(column)
            }
        }
        for column in before.columns
        where after[column: column.name] == nil && !renamed.contains(ExactName(column.name)) {
            compareRemoved(column)
        }
        comparePromises(before, after)
    }

    private mutating func compareExistence() {
        if let after = new.object {
            add("object-added", Finding(new: name, backward: [.absent], location: after.location))
        } else if let before = old.object {
            add("object-removed", Finding(old: name, forward: [.absent], location: before.location))
        }
    }

    private func isRenamed(_ source: Contract.Column, _ column: Contract.Column) -> Bool {
        new.column(source.name) == nil && (source.physicalName != nil || column.physicalName != nil)
            && old.physicalName(source.name).isSame(as: new.physicalName(column.name))
    }

    private mutating func compareAdded(_ column: Contract.Column) {
        let isReserved = old.contract.reserved.contains("\(name).\(column.name)")
        let closed = old.promises.filter { $0.check == "undeclared" }.map { Target.promise($0.id) }
        var finding = Finding(column: column.name, new: Self.words(column), location: column.location)
        finding.backward = targets(about: column.name, of: new)
        finding.forward = closed
        if isReserved {
            finding.backward.insert(.reserved(column.name), at: 0)
            finding.forward.insert(.reserved(column.name), at: 0)
        }
        add(finding) { backward, _ in
            isReserved ? "name-reused" : backward.isYes ? "column-added" : "required-column-added"
        }
    }

    private mutating func compareRemoved(_ column: Contract.Column) {
        let isReserved = new.contract.reserved.contains("\(name).\(column.name)")
        var finding = Finding(column: column.name, old: Self.words(column), location: column.location)
        finding.backward = new.promises.filter { $0.check == "undeclared" }.map { .promise($0.id) }
        finding.forward = targets(about: column.name, of: old)
        // Seen from the other side, a name that is set aside is one that comes back.
        if isReserved { finding.backward.append(.reserved(column.name)) }
        if isReserved { finding.forward.append(.reserved(column.name)) }
        add("column-removed", finding)
    }

    private mutating func compare(_ before: Contract.Column, _ after: Contract.Column) {
        let name = after.name
        if old.physicalName(name) != new.physicalName(name) {
            let written = { (side: TableSide) in
                side.promises.filter { ["expression", "sql"].contains($0.check) }.map { Target.promise($0.id) }
            }
            add(
                "physical-name-changed",
                Finding(
                    column: name, old: old.physicalName(name), new: new.physicalName(name), backward: written(new),
                    forward: written(old), location: after.location))
        }
        compareTypes(before, after)
        compareMeaning(before, after)
        if before.isDeprecated != after.isDeprecated {
            add(
                "deprecated",
                Finding(
                    column: name, old: before.isDeprecated ? "deprecated" : "in use",
                    new: after.isDeprecated ? "deprecated" : "in use", location: after.location))
        }
    }

    private mutating func compareTypes(_ before: Contract.Column, _ after: Contract.Column) {
        let (mine, theirs) = (Self.type(before, old), Self.type(after, new))
        guard mine != theirs || before.physicalType != after.physicalType else { return }
        let name = after.name
        let kind = TypeChange(old: before, oldSide: old, new: after, newSide: new)
        add(
            Finding(
                column: name, old: Self.words(before, old), new: Self.words(after, new),
                backward: [.reading(name)] + targets(about: name, of: new),
                forward: [.reading(name)] + targets(about: name, of: old), location: after.location)
        ) { backward, forward in mine == theirs ? "type-respelled" : kind.rule(backward, forward) }
    }

    /// Returns the declaration of a column's type in canonical spelling.
    private static func type(_ column: Contract.Column, _ side: TableSide) -> [String?] {
        [
            column.logicalType, column.physicalType.map(PhysicalType.canonical), side.numberFormat(column.name),
        ]
    }

    static func words(_ column: Contract.Column) -> String {
        (column.physicalType ?? column.logicalType ?? "any type") + (column.isRequired ? ", required" : "")
    }

    private static func words(_ column: Contract.Column, _ side: TableSide) -> String {
        let words = [column.logicalType, column.physicalType, side.numberFormat(column.name)].compactMap { $0 }
        return words.isEmpty ? "any type" : words.joined(separator: " ")
    }
}

/// The relation between two types of a column.
struct TypeChange {
    private let mine: ColumnForm?
    private let theirs: ColumnForm?
    private let isPartial: Bool
    /// Whether values of either type are read as they are, so that one may be part of the other.
    private let isLogical: Bool

    init(old: Contract.Column, oldSide: TableSide, new: Contract.Column, newSide: TableSide) {
        mine = Self.form(old, oldSide)
        theirs = Self.form(new, newSide)
        isLogical = oldSide.readForm(old) == nil && newSide.readForm(new) == nil
        isPartial =
            old.logicalType == nil && old.physicalType == nil || new.logicalType == nil && new.physicalType == nil
    }

    private static func form(_ column: Contract.Column, _ side: TableSide) -> ColumnForm? {
        side.readForm(column) ?? side.forms(column).first
    }

    /// The rule that the change goes by.
    func rule(_ backward: Answer, _ forward: Answer) -> String {
        guard let mine, let theirs, !isPartial else { return general(backward, forward) }
        switch (mine.family, theirs.family) {
        case (.integer, .integer):
            if backward.isYes { return forward.isYes ? "integer-resized" : "integer-widened" }
            if forward.isYes { return "integer-narrowed" }
            // The types say which one holds the other, also where a promise about the column is unproven.
            if mine.native != theirs.native {
                if !backward.isNo, mine.widens(to: theirs) { return "integer-widened" }
                if !forward.isNo, theirs.widens(to: mine) { return "integer-narrowed" }
            }
            return "type-changed"
        case (.integer, .float) where !isLogical:
            return backward.isYes || mine.widens(to: theirs) ? "integer-to-float" : "integer-to-narrow-float"
        case (.float, .integer) where !isLogical: return "float-to-integer"
        case (.float, .float):
            if mine.type == theirs.type { return general(backward, forward) }
            return mine.type == .float32 ? "float-widened" : "float-narrowed"
        case (.decimal, .decimal) where mine.native != theirs.native:
            return backward.isYes ? "decimal-widened" : forward.isYes ? "decimal-narrowed" : "type-changed"
        case (_, _):
            let times: [DataType] = [.date, .timestamp]
            if times.contains(mine.type), times.contains(theirs.type), mine.native != theirs.native,
                !backward.isYes, !forward.isYes
            {
                return "time-type-changed"
            }
            return general(backward, forward)
        }
    }

    private func general(_ backward: Answer, _ forward: Answer) -> String {
        if backward.isYes { return forward.isYes ? "type-respelled" : "type-loosened" }
        return forward.isYes ? "type-tightened" : "type-changed"
    }
}
