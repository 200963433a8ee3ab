// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyContracts

/// What must hold for any two contracts.
@Suite struct CompatibilityLawTests {
    private static let seeds = Array(UInt64(1)...80)

    private static func pair(_ seed: UInt64) -> (SampleContract, SampleContract, RandomContract) {
        var random = RandomContract(seed: seed)
        let old = random.contract()
        return (old, seed % 5 == 0 ? random.contract() : random.changed(old), random)
    }

    @Test(arguments: seeds)
    func `no sampled table contradicts a yes`(_ seed: UInt64) {
        var (old, new, random) = Self.pair(seed)
        let comparison = ContractComparison(old, new)
        let sides = (
            TableSide(.old, old.contract, object: "t"), TableSide(.new, new.contract, object: "t")
        )
        for (writer, reader, answer) in [
            (sides.0, sides.1, comparison.backward), (sides.1, sides.0, comparison.forward),
        ] {
            guard answer.isYes else { continue }
            for _ in 0..<60 {
                let table = random.table(writer)
                let own = writer.judge(table, writtenBy: writer)
                guard own.refusals.isEmpty, own.obstacle == nil else { continue }
                let theirs = reader.judge(table, writtenBy: writer)
                #expect(
                    theirs.refusals.isEmpty,
                    "seed \(seed): \(theirs.refusals) \(table.columns.map(\.values))\n\(comparison.text)")
            }
        }
    }

    @Test(arguments: seeds)
    func `every witness keeps the promises of the contract that admits it`(_ seed: UInt64) async throws {
        let (old, new, _) = Self.pair(seed)
        let comparison = ContractComparison(old, new)
        for witness in comparison.changes.flatMap({ [$0.backward.witness, $0.forward.witness] }).compactMap({ $0 }) {
            let contract = witness.admittedBy == .old ? comparison.old : comparison.new
            for finding in try await findings(witness, contract) where finding.verdict == .broken {
                #expect(
                    Decision(on: [finding], by: contract).outcome == .admits,
                    "seed \(seed): \(finding.promise.id) \(finding.message)\n\(comparison.text)")
            }
        }
    }

    /// What the promises of a contract make of a witness, by the code that judges data.
    private func findings(_ witness: Witness, _ contract: Contract) async throws -> [Finding] {
        let object = try #require(contract[object: witness.object])
        let batch = Batch(
            schema: witness.columns.map { ColumnSchema(name: $0.name, type: $0.type) },
            columns: witness.columns.enumerated().map { index, column in
                Column(type: column.type, values: witness.rows.map { $0[index] })
            }, count: witness.rows.count)
        let context = TableContext(
            object: object,
            found: witness.columns.map {
                TableDescription.Column(name: $0.name, type: $0.type, nativeType: $0.nativeType)
            }, now: TableSide.now)
        let rows = TableRows { (_, body) async throws(TallyError) in try await body(batch) }
        return try await TableCheck(object.promises, context: context).run(over: rows)
    }

    @Test(arguments: seeds)
    func `the other way round the answers change places`(_ seed: UInt64) {
        let (old, new, _) = Self.pair(seed)
        let (there, back) = (ContractComparison(old, new), ContractComparison(new, old))
        #expect(there.backward.word == back.forward.word, "seed \(seed)\n\(there.text)\n\(back.text)")
        #expect(there.forward.word == back.backward.word, "seed \(seed)\n\(there.text)\n\(back.text)")
    }

    @Test(arguments: seeds)
    func `a contract does not differ from itself, and more changes ask for no less`(_ seed: UInt64) {
        var (old, new, random) = Self.pair(seed)
        #expect(ContractComparison(old, old).changes.isEmpty)
        let few = ContractComparison(old, new)
        // A column that nothing else is about, removed on top of everything else.
        old.columns.append(SampleColumn("z", "string", required: true))
        let more = ContractComparison(old, new)
        #expect(more.bump >= few.bump && more.bump >= .major && more.meaning >= few.meaning)
        _ = random.contract()
    }

    @Test func `most answers are proved`() {
        var counts: [String: Int] = [:]
        for seed in Self.seeds {
            let (old, new, _) = Self.pair(seed)
            for change in ContractComparison(old, new).changes {
                for answer in [change.backward, change.forward] { counts[answer.word, default: 0] += 1 }
            }
        }
        #expect((counts["unproven"] ?? 0) * 20 < counts.values.reduce(0, +), "\(counts)")
    }
}
