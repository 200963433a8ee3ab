// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TablePair {
    /// Checks that the comparison of columns looks at.
    private static let typeChecks: Set<String> = ["present", "logicalType", "physicalType", "numberFormat"]

    mutating func comparePromises(_ before: Contract.Object, _ after: Contract.Object) {
        let (mine, theirs) = (grouped(before.promises), grouped(after.promises))
        var seen = Set<Group>()
        let order = (after.promises + before.promises).map { Self.group($0.normal) }.filter { seen.insert($0).inserted }
        for group in order {
            for (promise, other) in Self.pairs(mine[group] ?? [], theirs[group] ?? []) { compare(promise, other) }
        }
    }

    private struct Group: Hashable {
        let column: ExactName?
        let check: String
        let columns: Set<ExactName>
    }

    /// Promises that may be each other's: of one check about one column, or about the same columns together.
    private static func group(_ promise: Promise) -> Group {
        let isKey = promise.check == "unique" || promise.check == "duplicateValues"
        // Counts of nulls and of duplicates may become none at all, and the reverse.
        let check = isKey ? "unique" : promise.check == "nullValues" ? "required" : promise.check
        return Group(
            column: isKey ? nil : promise.column.map(ExactName.init), check: check,
            columns: isKey ? Implication.unique(promise) : [])
    }

    /// The promises of a table that are about columns of both contracts.
    private func grouped(_ promises: [Promise]) -> [Group: [Promise]] {
        let kept = Self.distinct(promises.map(\.normal)).filter { promise in
            guard !Self.typeChecks.contains(promise.check) else { return false }
            guard let column = promise.column else { return true }
            // What every column of numbers promises comes and goes with its type.
            if promise.check == "finite", old.column(column)?.logicalType != new.column(column)?.logicalType {
                return false
            }
            return old.column(column) != nil && new.column(column) != nil
                || old.column(column) == nil && new.column(column) == nil
        }
        return Dictionary(grouping: kept, by: Self.group)
    }

    /// Returns promises without those that repeat another one and bind alike.
    private static func distinct(_ promises: [Promise]) -> [Promise] {
        promises.enumerated().filter { place, promise in
            guard ["required", "unique"].contains(promise.check) else { return true }
            return !promises[..<place].contains { other in
                other.check == promise.check && other.column.isSame(as: promise.column)
                    && other.arguments == promise.arguments
                    && other.severity == promise.severity && other.reaction == promise.reaction
            }
        }.map(\.element)
    }

    private static func pairs(_ before: [Promise], _ after: [Promise]) -> [(Promise?, Promise?)] {
        var (before, after) = (before, after)
        var pairs: [(Promise?, Promise?)] = []
        let isAlike: [(Promise, Promise) -> Bool] = [
            { $0.id == $1.id && $0.arguments == $1.arguments }, { $0.arguments == $1.arguments }, { $0.id == $1.id },
            { _, _ in true },
        ]
        for isAlike in isAlike {
            for promise in after {
                guard let place = before.firstIndex(where: { isAlike($0, promise) }),
                    let own = after.firstIndex(of: promise)
                else { continue }
                pairs.append((before.remove(at: place), promise))
                after.remove(at: own)
            }
        }
        return pairs + after.map { (nil, $0) } + before.map { ($0, nil) }
    }

    private mutating func compare(_ before: Promise?, _ after: Promise?) {
        guard let promise = after ?? before else { return }
        let written = (before.map { old.written($0) }, after.map { new.written($0) })
        let finding = Finding(
            column: promise.column,
            columns: (new.columns(of: promise) ?? []).sorted().map(\.text), old: written.0.map(Self.words),
            new: written.1.map(Self.words),
            backward: after.map { [.promise($0.id)] } ?? [], forward: before.map { [.promise($0.id)] } ?? [],
            location: after?.location ?? before?.location)
        if before == nil || after == nil || !isSaid(before, after) {
            compare(promise, finding, before, after)
        } else if let mine = written.0, let theirs = written.1, Self.isRewritten(mine, theirs) {
            var same = finding
            (same.backward, same.forward) = ([], [])
            add("rule-rewritten", same)
        }
        if let before, let after { compareReactions(before, after, finding) }
    }

    /// Whether promises of one normal form are written in different ways; keys in another order count.
    private static func isRewritten(_ mine: Promise, _ theirs: Promise) -> Bool {
        mine.check != theirs.check || mine.arguments != theirs.arguments && mine.check != "unique"
    }

    /// Whether two promises of a pair are given the same.
    private func isSaid(_ before: Promise?, _ after: Promise?) -> Bool {
        guard let before, let after else { return false }
        // A rule in words is its words.
        if before.check == "text", before.description != after.description { return false }
        if before.check != after.check { return false }
        if before.check == "unique" { return Implication.unique(before) == Implication.unique(after) }
        return before.arguments == after.arguments
    }

    private mutating func compare(_ promise: Promise, _ finding: Finding, _ before: Promise?, _ after: Promise?) {
        var finding = finding
        let isCounted =
            (before.map(old.written)?.check ?? "nullValues") == "nullValues"
            && (after.map(new.written)?.check ?? "nullValues") == "nullValues" || before != nil && after != nil
        switch promise.check {
        case "required" where !isCounted:
            let column = promise.column ?? ""
            // A default that is read in place of null has to keep the other promises.
            if after != nil, old.column(column)?.meaning["default"] != nil {
                finding.backward += targets(about: column, of: new)
            }
            if before != nil, new.column(column)?.meaning["default"] != nil {
                finding.forward += targets(about: column, of: old)
            }
            add(after == nil ? "became-nullable" : "became-required", finding)
        case "enum":
            add(finding) { backward, forward in
                if backward.isYes { return forward.isYes ? "rule-rewritten" : "enum-value-added" }
                return forward.isYes ? "enum-value-removed" : "enum-recoded"
            }
        case "vector": compareVectors(finding, before, after)
        case "nested": compareParts(finding, before, after)
        case _:
            if CheckCatalogue[promise.check]?.level == .elsewhere || CheckCatalogue[promise.check] == nil {
                finding.unproven = .untold("it is not executed on data")
                add("words-changed", finding)
                return
            }
            let facet = promise.check == "required" ? .quality : CompatibilityFacet.of(check: promise.check) ?? .quality
            add(finding) { facet.rule(backward: $0, forward: $1) }
        }
    }

    private mutating func compareVectors(_ finding: Finding, _ before: Promise?, _ after: Promise?) {
        var finding = finding
        guard let column = finding.column, let before, let after else {
            add(finding) { backward, forward in
                backward.isYes ? "items-loosened" : forward.isYes ? "items-tightened" : "items-changed"
            }
            return
        }
        let keys = ["dimensions", "elementType", "normalized"].filter { key in
            MeaningLabel.reason(key, before.arguments[key], after.arguments[key]) != nil
                || MeaningLabel.reason(key, after.arguments[key], before.arguments[key]) != nil
        }
        if keys.isEmpty {
            add("rule-rewritten", finding)
            return
        }
        finding.backward = keys.map { .meaning(column, $0) } + finding.backward
        finding.forward = keys.map { .meaning(column, $0) } + finding.forward
        if keys != ["normalized"] {
            add("embedding-shape-changed", finding)
        } else if old.column(column)?.meaning["normalized"] == new.column(column)?.meaning["normalized"] {
            // Else the meaning of the column says so as well.
            add("distance-changed", finding)
        }
    }

    private mutating func compareReactions(_ before: Promise, _ after: Promise, _ finding: Finding) {
        let (mine, theirs) = (old.contract.reaction(to: before), new.contract.reaction(to: after))
        guard mine != theirs || before.severity != after.severity else { return }
        var finding = finding
        finding.old = "\(after.check): \(before.severity.rawValue), \(Self.words(mine))"
        finding.new = "\(after.check): \(after.severity.rawValue), \(Self.words(theirs))"
        let (force, other) = (old.force(of: before), new.force(of: after))
        let isBinding = CheckCatalogue[after.check]?.level != .elsewhere
        if force != other, isBinding {
            let isSame = isSaid(before, after)
            add(finding) { backward, forward in
                if isSame, backward.isYes, forward.isYes { return "reaction-changed" }
                return Self.rank(other) < Self.rank(force) ? "guarantee-weakened" : "guarantee-strengthened"
            }
        }
        if (mine.action == .serveDefault) != (theirs.action == .serveDefault) {
            add("default-served", finding)
        } else if force == other || !isBinding {
            finding.backward = []
            finding.forward = []
            add("reaction-changed", finding)
        }
    }

    /// Returns the strength of a promise: 0 when it binds nothing, 1 when it binds every row.
    private static func rank(_ force: TableSide.Force) -> Double {
        switch force {
        case .none: 0
        case .share(let limit): 1 - limit
        case .full: 1
        }
    }

    private static func words(_ reaction: Reaction) -> String {
        reaction.action.rawValue + (reaction.limit.map { " up to \(Phrases.percent($0)) %" } ?? "")
    }

    /// A promise in words: its check and what it is given.
    static func words(_ promise: Promise) -> String {
        let given = promise.arguments.sorted { $0.key < $1.key }.map { key, value in
            "\(key) \(value.stringValue ?? value.compactText)"
        }
        return ([promise.check] + (given.isEmpty ? [] : [given.joined(separator: ", ")])).joined(separator: ": ")
    }
}
