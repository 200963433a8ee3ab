// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyAssembly
import TallyContracts
import TallyDefinitions
import TallyModel
import TallyTesting
import Testing

/// Contracts that are written here say the same when they are read again.
@Suite struct WrittenContractTests {
    private func read(_ document: JSON) throws -> Contract.Object {
        let loaded = ContractReader.read(
            DefinitionFile(path: "contract.json", text: document.prettyText), hooks: .judging)
        let errors = loaded.diagnostics.filter { $0.severity == .error || $0.message.contains("not known") }
        #expect(errors.isEmpty, "\(errors.map(\.message))")
        return try #require(loaded.contract?.objects.first)
    }

    private func same(_ left: JSON?, _ right: JSON?) -> Bool { left?.canonicalText == right?.canonicalText }

    @Test(arguments: Array(UInt64(1)...20))
    func `a proposal is read as what was verified, without a word against it`(_ seed: UInt64) async throws {
        let batch = RandomBatch.make(rows: 1_500, seed: seed)
        var options = ContractProposal.Options(seed: seed)
        options.leastOccurrences = 1
        let proposal = try await ContractProposal.make(
            name: "table", table: TableReference(rows: .files(["t"], .parquet)),
            engine: InMemoryEngine(tables: ["t": batch]), now: Timestamp(microseconds: 1_717_200_000_000_000),
            options: options)
        let loaded = ContractReader.read(DefinitionFile(path: "contract.json", text: proposal.document.prettyText))
        #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics.map(\.message))")
        let read = try #require(loaded.contract?.objects.first).promises
        let verified = proposal.findings.map(\.promise)
        #expect(read.map(\.id) == verified.map(\.id))
        for (left, right) in zip(read, verified) {
            #expect(left.column == right.column && left.check == right.check && left.severity == right.severity)
            #expect(Set(left.arguments.keys) == Set(right.arguments.keys), "\(left.id)")
            for (name, value) in right.arguments {
                #expect(same(left.arguments[name], value), "seed \(seed): \(left.id): \(name)")
            }
        }
    }

    @Test(arguments: Array(UInt64(1)...60))
    func `a view's contract is read with all promises of the view`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let view = RandomView.make(&random)
        let document = ViewContract.document(
            for: view,
            source: Source(name: "s", location: .files(path: "s", format: .parquet), eventTime: "at"),
            joinKeys: [ColumnSchema(name: "key", type: .int64)])
        let object = try read(document)
        #expect(object.keys == ["key"])
        #expect(object.eventTime == "at")
        #expect(object.columns.map(\.name) == ["key", "at"] + view.features.map(\.name))
        for promise in view.promises + view.features.flatMap(\.promises) {
            #expect(
                object.promises.contains { read in
                    read.check == promise.check && read.column == promise.column && read.severity == promise.severity
                        && read.reaction == promise.reaction
                        && promise.arguments.allSatisfy { same(read.arguments[$0.key], $0.value) }
                }, "seed \(seed): \(promise)\n\(document.prettyText)")
        }
        // Nothing is promised of values beyond that, but for what types and keys imply.
        let implied: Set = [
            "present", "logicalType", "physicalType", "numberFormat", "undeclared", "notInFuture", "unique", "required",
        ]
        for read in object.promises where !implied.contains(read.check) {
            #expect(
                (view.promises + view.features.flatMap(\.promises)).contains {
                    $0.check == read.check && $0.column == read.column
                }, "seed \(seed): \(read)")
        }
        for (feature, column) in zip(view.features, object.columns.dropFirst(2)) {
            #expect(column.meaning["unit"]?.stringValue == feature.unit)
            #expect(same(column.meaning["default"], feature.defaultValue))
        }
    }

    @Test(arguments: [nil, "at"])
    func `only a view without history promises that its keys tell rows apart`(_ eventTime: String?) throws {
        let view = FeatureView(
            name: "v", entities: ["e"], source: "s", features: [Feature(name: "f", type: .float64)])
        let source = Source(name: "s", location: .files(path: "s", format: .parquet), eventTime: eventTime)
        let object = try read(
            ViewContract.document(for: view, source: source, joinKeys: [ColumnSchema(name: "key", type: .int64)]))
        #expect(object.keys == ["key"])
        #expect(object.promises.contains { $0.check == "unique" } == (eventTime == nil))
        #expect(object.promises.contains { $0.check == "required" && $0.column == "key" })
    }
}

/// Views with promises of every kind, some with a severity or a reaction of their own.
private enum RandomView {
    static func make(_ random: inout SeededGenerator) -> FeatureView {
        let types: [DataType] = [
            .float64, .float32, .int32, .string, .timestamp, .array(.float32), .array(.int32), .bool,
        ]
        let features = (0..<6).map { index in
            let name = "f\(index)"
            let type = random.pick(types)
            return Feature(
                name: name, type: type, unit: random.pick([nil, "m"]),
                promises: promises(name, type, &random), defaultValue: value(type))
        }
        var table: [(String, [String: JSON])] = []
        if random.pick([true, false]) {
            table.append(("freshness", ["limit": .int(random.pick([1, 250_000, 7_200_000_000]))]))
        }
        table.append(("rowCount", ["mustBeBetween": .array([.int(1), .int(9)]), "unit": .string("rows")]))
        table.append(("unique", ["columns": .array([.string("key"), .string("at")])]))
        table.append(("expression", ["expression": .string("key > 0")]))
        return FeatureView(
            name: "v", entities: ["e"], source: "s", features: features, promises: dressed(table, nil, &random))
    }

    private static func value(_ type: DataType) -> JSON? {
        switch type {
        case .bool: .bool(true)
        case .int32, .int64: .int(4)
        case .float32, .float64: .double(4.5)
        case .string: .string("x")
        case .timestamp: .string("2024-01-01T00:00:00Z")
        case .bytes, .date, .array: nil
        }
    }

    private static func promises(
        _ name: String, _ type: DataType, _ random: inout SeededGenerator
    ) -> [Promise] {
        var all: [(String, [String: JSON])] = [("required", [:])]
        all.append(("nullValues", ["mustBeLessOrEqualTo": .double(1.5), "unit": .string("percent")]))
        if let value = value(type), type != .bool { all.append(("enum", ["values": .array([value])])) }
        switch type {
        case .float32, .float64, .int32, .int64:
            all.append(("range", ["minimum": .int(0), "exclusiveMaximum": .double(7.5)]))
            all.append(("multipleOf", ["value": .double(0.5)]))
        case .string:
            all.append(("length", ["minimum": .int(1), "maximum": .int(4)]))
            all.append(("pattern", ["pattern": .string("^x")]))
            all.append(("unique", ["columns": .array([.string(name)])]))
        case .timestamp: all.append(("range", ["minimum": .string("2000-01-01T00:00:00Z")]))
        case .array: all.append(("vector", ["dimensions": .int(3)]))
        case .bool, .bytes, .date: break
        }
        if [.float64, .float32, .array(.float32)].contains(type) {
            all.append(("finite", ["nan": .string("reject"), "infinity": .string(random.pick(["allow", "null"]))]))
        }
        return dressed(all.filter { _ in random.pick([true, true, false]) }, name, &random)
    }

    private static func dressed(
        _ all: [(String, [String: JSON])], _ column: String?, _ random: inout SeededGenerator
    ) -> [Promise] {
        let reactions: [Reaction?] = [nil, Reaction(.warn), Reaction(.quarantine, upTo: 0.01)]
        let common = random.pick(reactions)
        let isMixed = random.pick([true, false, false])
        return all.map { check, arguments in
            Promise(
                id: "v." + (column.map { $0 + "." } ?? "") + check, object: "v", column: column, check: check,
                arguments: arguments, severity: isMixed ? random.pick([.error, .warning]) : .error,
                reaction: isMixed ? random.pick(reactions) : common)
        }
    }
}
