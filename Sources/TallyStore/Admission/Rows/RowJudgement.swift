// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// A bitmap of the rows that break each promise: one bit a row and promise.
struct RowJudgement {
    /// What rows are judged by.
    struct Rules {
        let promises: [Promise]
        private let rules: [[RowRule]]

        /// Makes promises about single rows ready.
        init(_ promises: [Promise], _ context: TableContext) throws(TallyError) {
            self.promises = promises
            var rules: [[RowRule]] = []
            for promise in promises {
                var own: [RowRule] = []
                for test in CheckCatalogue.prepare(promise, for: context).rowTests {
                    guard case .success(let rule) = RowRule.compile(test, columns: context.schema) else {
                        throw TallyError(
                            .internal, "a promise that was executed does not compile", subject: promise.id)
                    }
                    own.append(rule)
                }
                rules.append(own)
            }
            self.rules = rules
        }

        /// The columns that they look at.
        var inputs: Set<String> { Set(rules.joined().flatMap(\.inputs)) }

        /// The rows of a batch that break a promise.
        fileprivate func failing(_ promise: Int, in batch: Batch) -> [Int] {
            let mask = rules[promise].reduce(into: RowMask(count: batch.count)) { $0.formUnion($1.failures(in: batch)) }
            return mask.firstRows(mask.failing)
        }
    }

    /// How many rows were judged.
    private(set) var rows = 0
    private let rules: Rules
    /// The bits of each promise up to the last row that breaks it, so that rows which keep all of them take no room.
    private var words: [[UInt64]]

    private var promises: [Promise] { rules.promises }

    /// Starts with no rows.
    init(_ rules: Rules) {
        self.rules = rules
        words = rules.promises.map { _ in [] }
    }

    /// Judges rows by promises about single rows.
    static func of(
        _ rows: TableRows, by promises: [Promise], _ context: TableContext
    ) async throws(TallyError) -> RowJudgement {
        let rules = try Rules(promises, context)
        var judgement = RowJudgement(rules)
        try await rows.scan(rules.inputs) { (batch) in judgement.add(batch) }
        return judgement
    }

    /// Judges the rows that come next.
    mutating func add(_ batch: Batch) {
        for index in promises.indices {
            for failing in rules.failing(index, in: batch) {
                let row = rows + failing
                let missing = (row >> 6) + 1 - words[index].count
                if missing > 0 { words[index] += [UInt64](repeating: 0, count: missing) }
                words[index][row >> 6] |= 1 << UInt64(row & 63)
            }
        }
        rows += batch.count
    }

    private func isBroken(_ promise: Int, _ row: Int) -> Bool {
        row >> 6 < words[promise].count && words[promise][row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// Whether a row breaks any promise.
    func isBroken(_ row: Int) -> Bool { promises.indices.contains { isBroken($0, row) } }

    /// The rows that break no promise, in order.
    var kept: [Int] { (0..<rows).filter { !isBroken($0) } }

    /// The rows that break a promise, in order.
    var broken: [Int] { (0..<rows).filter { isBroken($0) } }

    /// The promises that a row breaks.
    func promises(brokenAt row: Int) -> [Promise] { promises.indices.filter { isBroken($0, row) }.map { promises[$0] } }

    /// The number of rows that break a promise.
    var failing: Int {
        (0..<(rows + 63) / 64).reduce(0) { sum, word in
            sum + words.reduce(UInt64(0)) { word < $1.count ? $0 | $1[word] : $0 }.nonzeroBitCount
        }
    }
}
