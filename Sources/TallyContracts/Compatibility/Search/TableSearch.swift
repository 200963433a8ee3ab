// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// Searches for a table that one contract admits and the other refuses for a given reason.
struct TableSearch {
    let writer: TableSide
    let reader: TableSide
    let maker: TableMaker
    /// A table that the writer admits, from which the others are made; nil when none was found.
    let base: TableMaker.Recipe?
    /// The reason why there is no such table.
    private let problem: String?

    /// The tables that are looked at for one reason.
    private static let mostTables = 400
    /// The rows that are tried before the search concludes that the writer admits none.
    private static let mostAttempts = 120

    init(writer: TableSide, reader: TableSide) {
        self.writer = writer
        self.reader = reader
        let maker = TableMaker(writer: writer, reader: reader)
        self.maker = maker
        guard writer.object != nil, maker.problem == nil else {
            base = nil
            problem = maker.problem
            return
        }
        (base, problem) = Self.findBase(maker)
    }

    /// A table that shows the reason, with both contracts' verdicts on it; else why none is known.
    func answer(_ target: Target) -> Answer {
        if target == .absent { return absence }
        guard let base else { return .unproven(problem ?? "no table that the \(writer.side) contract admits is known") }
        var obstacle: String?
        var cells = 0
        for recipe in TableProbes(search: self, base: base).recipes(for: target).prefix(Self.mostTables) {
            guard let table = maker.table(recipe) else { continue }
            let theirs = reader.judge(table, writtenBy: writer, only: target)
            obstacle = obstacle ?? theirs.obstacle
            guard theirs.refusals.contains(where: { $0.target == target }) else {
                obstacle = obstacle ?? theirs.unknown.first { .promise($0.promise.id) == target }?.reason
                continue
            }
            if case .failure(let reason) = Self.admission(table, writer, reader, ofAnySize: true) {
                obstacle = obstacle ?? reason.reason
                continue
            }
            // A small table shows the reason: now one of as many rows as the writer promises.
            let grown = growth(recipe, target)
            if grown.isEmpty { obstacle = obstacle ?? tooLarge }
            for recipe in grown where cells <= TableMaker.mostCells {
                guard let table = maker.table(recipe) else { continue }
                cells += table.count * max(1, table.columns.count)
                switch witness(of: table, target) {
                case .success(let witness): return .no(witness: witness)
                case .failure(let reason): obstacle = obstacle ?? reason.reason
                }
            }
        }
        return .unproven(obstacle ?? "neither a proof nor a table that tells the two contracts apart was found")
    }

    private func witness(of table: WitnessTable, _ target: Target) -> Result<Witness, RowRule.Obstacle> {
        let theirs = reader.judge(table, writtenBy: writer, only: target)
        guard let refusal = theirs.refusals.first(where: { $0.target == target }) else {
            return .failure(RowRule.Obstacle(reason: "no table of as many rows as are promised tells the two apart"))
        }
        return Self.admission(table, writer, reader).map { witness(table, refusal, $0) }
    }

    /// Tables like one that shows a reason, of the sizes that the writer promises.
    private func growth(_ recipe: TableMaker.Recipe, _ target: Target) -> [TableMaker.Recipe] {
        let sizes = NumberSet(writer.promises.filter { $0.check == "rowCount" && writer.force(of: $0) == .full })
        guard let sizes else { return [recipe] }
        let own = sizes.holds(Double(recipe.count)) ? [recipe] : []
        // What is about the number of rows itself does not grow.
        if let promise = reader.promises.first(where: { .promise($0.id) == target }),
            ["rowCount", "rowCountChange"].contains(promise.check)
        {
            return own
        }
        let others = NumberSet.probes(sizes.thresholds, .counts).filter {
            sizes.holds($0) && $0 != Double(recipe.count) && $0 <= Double(maker.mostRows) && $0 > 0
        }
        let larger = others.filter { $0 > Double(recipe.count) }.prefix(2)
        let chosen = larger.isEmpty ? Array(others.suffix(1)) : Array(larger)
        return own + chosen.flatMap { recipe.grown(to: Int($0)) }
    }

    private var tooLarge: String {
        "a table of as many rows as the \(writer.side) contract promises is not made up here; "
            + "at most \(Phrases.count(maker.mostRows, "row"))"
    }

    private var absence: Answer {
        guard let wanted = reader.object, writer.object == nil else { return .yes }
        return .no(
            witness: Witness(
                object: wanted.name, columns: [], rows: [], admittedBy: writer.side,
                refusal: "there is no table '\(wanted.name)'", refusedRow: nil, assumed: [], emptyTables: [],
                previousRows: nil, focus: []))
    }

    /// Whether the writer admits a table, on the assumption of which promises; else why that is not known.
    private static func admission(
        _ table: WitnessTable, _ writer: TableSide, _ reader: TableSide, ofAnySize: Bool = false
    ) -> Result<[String], RowRule.Obstacle> {
        let own = writer.judge(table, writtenBy: writer, without: ofAnySize ? ["rowCount"] : [])
        if let refusal = own.refusals.first {
            return .failure(
                RowRule.Obstacle(reason: "every table that was tried is refused by both: \(refusal.reason)"))
        }
        if let obstacle = own.obstacle { return .failure(RowRule.Obstacle(reason: obstacle)) }
        for (promise, reason) in own.unknown {
            // What both contracts ask alike cannot be what tells them apart.
            let isShared = reader.promises.contains {
                $0.check == promise.check && $0.column.isSame(as: promise.column) && $0.arguments == promise.arguments
            }
            guard isShared else {
                return .failure(
                    RowRule.Obstacle(
                        reason: "whether the \(writer.side) contract admits the table that was found depends on "
                            + "'\(promise.id)', which was not executed: \(reason)"))
            }
        }
        return .success(own.unknown.map(\.promise.id))
    }

    private func witness(_ table: WitnessTable, _ refusal: Refusal, _ assumed: [String]) -> Witness {
        Witness(
            object: writer.name,
            columns: table.columns.map {
                Witness.Column(name: $0.name, type: $0.form.type, nativeType: $0.form.native)
            },
            rows: (0..<table.count).map { row in table.columns.map { $0.values[row] } }, admittedBy: writer.side,
            refusal: refusal.reason, refusedRow: refusal.row, assumed: assumed, emptyTables: table.emptyTables.sorted(),
            previousRows: table.previousRows, focus: focus(refusal.target))
    }

    private func focus(_ target: Target) -> Set<ExactName> {
        switch target {
        case .promise(let id): reader.promises.first { $0.id == id }.flatMap(reader.columns) ?? []
        case .reading(let column), .reserved(let column), .renamed(let column): [ExactName(column)]
        case .meaning(let column, _):
            column.map { [ExactName($0)] } ?? Set((writer.object?.keys ?? []).map(ExactName.init))
        case .absent: []
        }
    }

    /// Numbers of rows of which the plainest table is made; the largest ones hold small shares.
    private static let sizes = [1, 2, 10, 100, 1000, 10_000]

    /// Searches for the smallest table of plain values that the writer admits, however many rows it promises.
    private static func findBase(_ maker: TableMaker) -> (TableMaker.Recipe?, String?) {
        let writer = maker.writer
        var problem: String?
        var random = SplitMix64(seed: 1)
        // The plainest values first, then others, and a table without rows only where nothing else will do.
        for attempt in 0...Self.mostAttempts {
            let picks = attempt % Self.mostAttempts == 0 ? maker.firstPicks : maker.randomPicks(&random)
            for count in attempt == 0 ? sizes : attempt == Self.mostAttempts ? [0] : [sizes[attempt % 4]] {
                let previous = writer.promises.contains { $0.check == "rowCountChange" } ? count : nil
                let plain = TableMaker.Recipe(count: count, picks: picks, previousRows: previous)
                guard let recipe = maker.fitted(plain), let table = maker.table(recipe) else { continue }
                switch admission(table, writer, maker.reader, ofAnySize: true) {
                case .success: return (recipe, nil)
                case .failure(let reason): problem = problem ?? reason.reason
                }
            }
        }
        return (nil, problem.map { "no table that the \(writer.side) contract admits was found: \($0)" })
    }
}
