// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One table in both contracts, with the answers that were found so far.
struct TablePair {
    /// The direction of a question: which contract's tables the other one has to admit.
    enum Direction: Hashable {
        /// Tables of the old contract to the new one.
        case backward
        /// Tables of the new contract to the old one.
        case forward
    }

    private struct Question: Hashable {
        let direction: Direction
        let target: Target
    }

    let name: String
    /// The table, where the pair is about what is inside the values of one of its columns.
    var outer: String?
    let old: TableSide
    let new: TableSide
    /// The differences found so far.
    private(set) var changes: [ContractChange] = []
    private var answers: [Question: Answer] = [:]
    private var searches: [Direction: TableSearch] = [:]

    init(_ name: String, old: Contract, new: Contract, consumers: [Consumer]) {
        self.name = name
        let columns = old[object: name]?.columns.map(\.name) ?? []
        let pins = columns.filter { column in consumers.contains { $0.reads(name, column) } }
        self.old = TableSide(.old, old, object: name, pins: pins)
        self.new = TableSide(.new, new, object: name)
    }

    /// The answer to some reasons for which the reader of a direction may refuse a table.
    private mutating func answer(_ targets: [Target], _ direction: Direction) -> Answer {
        var found: [Answer] = []
        for target in targets {
            let answer = answer(target, direction)
            found.append(answer)
            if answer.isNo { break }
        }
        return .worst(found)
    }

    private mutating func answer(_ target: Target, _ direction: Direction) -> Answer {
        let question = Question(direction: direction, target: target)
        if let known = answers[question] { return known }
        let (writer, reader) = direction == .backward ? (old, new) : (new, old)
        let answer: Answer
        if Implication(writer: writer, reader: reader).holds(target) {
            answer = .yes
        } else {
            let search = searches[direction] ?? TableSearch(writer: writer, reader: reader)
            searches[direction] = search
            answer = search.answer(target)
        }
        answers[question] = answer
        return answer
    }

    /// A difference before its answers are known.
    struct Finding {
        var column: String?
        var columns: [String] = []
        var old: String?
        var new: String?
        /// The reasons why the new contract may refuse tables of the old one.
        var backward: [Target] = []
        /// The reasons why the old contract may refuse tables of the new one.
        var forward: [Target] = []
        /// The answer of both directions where proofs and searches have nothing to say; nil where they have.
        var unproven: Answer?
        var location: SourceLocation?
    }

    /// Adds a difference; the answers may decide by which rule it goes.
    mutating func add(_ finding: Finding, rule: (Answer, Answer) -> String) {
        let unproven = finding.unproven
        let backward = unproven ?? answer(finding.backward, .backward)
        let forward = unproven ?? answer(finding.forward, .forward)
        guard let record = CompatibilityCatalogue[rule(backward, forward)] else {
            preconditionFailure("no rule \(rule(backward, forward))")
        }
        let columns = finding.columns.isEmpty ? finding.column.map { [$0] } ?? [] : finding.columns
        changes.append(
            ContractChange(
                rule: record.id, subject: finding.column.map { "\(name).\($0)" } ?? name, old: finding.old,
                new: finding.new, backward: backward, forward: forward, meaning: record.meaning, bump: record.bump,
                location: finding.location ?? new.object?.location ?? old.object?.location, help: record.help,
                object: name, columns: columns, backwardPromises: finding.backward.compactMap(\.promise),
                forwardPromises: finding.forward.compactMap(\.promise)))
    }

    /// Adds differences that were found inside the values of a column.
    mutating func add(_ inner: [ContractChange], inside column: String) {
        changes += inner.map { $0.inside(column, of: outer ?? name) }
    }

    mutating func add(_ rule: String, _ finding: Finding) { add(finding) { _, _ in rule } }

    /// The reasons that binding promises of a side about a column are.
    func targets(about column: String, of side: TableSide) -> [Target] {
        side.promises.filter { promise in
            if let columns = side.columns(of: promise) { return columns.contains(ExactName(column)) }
            return promise.arguments["query"]?.stringValue?.contains(side.physicalName(column)) ?? true
        }.map { .promise($0.id) }
    }
}
