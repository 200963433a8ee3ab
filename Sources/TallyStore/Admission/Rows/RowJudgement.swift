// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

/// A bitmap of the rows that break each promise: one bit a row and promise.
struct RowJudgement {
    /// The number of rows that were judged.
    private(set) var rows = 0
    private let promises: [Promise]
    private var words: [[UInt64]]

    private init(_ promises: [Promise]) {
        self.promises = promises
        words = promises.map { _ in [] }
    }

    /// Judges rows by promises about single rows.
    static func of(
        _ rows: TableRows, by promises: [Promise], _ context: TableContext
    ) async throws(TallyError) -> RowJudgement {
        var rules: [[RowRule]] = []
        for promise in promises {
            var own: [RowRule] = []
            for test in CheckCatalogue.prepare(promise, for: context).rowTests {
                guard case .success(let rule) = RowRule.compile(test, columns: context.schema) else {
                    throw TallyError(.internal, "a promise that was executed does not compile", subject: promise.id)
                }
                own.append(rule)
            }
            rules.append(own)
        }
        var judgement = RowJudgement(promises)
        try await rows.scan(Set(rules.joined().flatMap(\.inputs))) { (batch) in judgement.add(batch, rules) }
        return judgement
    }

    private mutating func add(_ batch: Batch, _ rules: [[RowRule]]) {
        let count = (rows + batch.count + 63) / 64
        for index in promises.indices {
            words[index] += [UInt64](repeating: 0, count: count - words[index].count)
            let mask = rules[index].reduce(into: RowMask(count: batch.count)) { $0.formUnion($1.failures(in: batch)) }
            for row in mask.firstRows(mask.failing) {
                words[index][(rows + row) >> 6] |= 1 << UInt64((rows + row) & 63)
            }
        }
        rows += batch.count
    }

    private func isBroken(_ promise: Int, _ row: Int) -> Bool {
        row < rows && words[promise][row >> 6] >> UInt64(row & 63) & 1 == 1
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
            sum + words.reduce(UInt64(0)) { $0 | $1[word] }.nonzeroBitCount
        }
    }
}
