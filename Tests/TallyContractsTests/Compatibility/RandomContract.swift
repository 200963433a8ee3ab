// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

@testable import TallyContracts

/// Contracts over small domains, and tables that some of them admit.
struct RandomContract {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A contract of up to three columns.
    mutating func contract() -> SampleContract {
        var contract = SampleContract()
        let names = ["a", "b", "c"].prefix(1 + random.below(3))
        contract.columns = names.map { column($0) }
        if chance(3) { contract.keys = [random.pick(Array(names))] }
        for _ in 0..<random.below(2) { contract.table.append(tablePromise(Array(names))) }
        if chance(6) { contract.severity = [random.pick(Self.checks): .warning] }
        if chance(6) {
            contract.reaction = [random.pick(Self.checks): Reaction(.warn, upTo: random.pick([0.25, 0.5]))]
        }
        return contract
    }

    private static let checks = ["range", "enum", "required", "length", "pattern", "undeclared", "unique"]

    /// The contract with one to three things changed.
    mutating func changed(_ contract: SampleContract) -> SampleContract {
        var copy = contract
        for _ in 0...random.below(3) {
            let place = random.below(copy.columns.count)
            switch random.below(10) {
            case 0: copy.columns[place].isRequired.toggle()
            case 1: copy.columns[place].meaning["default"] = value(copy.columns[place])
            case 2: copy.columns[place].meaning["unit"] = random.pick([nil, "m", "km"])
            case 3 where copy.columns.count > 1: copy.columns.remove(at: place)
            case 4 where copy.columns.count < 4: copy.columns.append(column("d"))
            case 5: copy.columns[place] = column(copy.columns[place].name)
            case 6: copy.table = [tablePromise(copy.columns.map(\.name))]
            case 7: copy.severity = [random.pick(Self.checks): .warning]
            case 8: copy.keys = copy.keys.isEmpty ? [copy.columns[place].name] : []
            default: copy.columns[place].checks = checks(copy.columns[place])
            }
            if copy.columns.map(\.name) != Array(Set(copy.columns.map(\.name))).sorted() { return contract }
        }
        return copy
    }

    private mutating func chance(_ of: Int) -> Bool { random.below(of) == 0 }

    private mutating func column(_ name: String) -> SampleColumn {
        let types: [(String?, [String?])] = [
            ("integer", [nil, "INTEGER", "BIGINT", "TINYINT"]), ("number", [nil, "DOUBLE", "FLOAT", "INTEGER"]),
            ("string", [nil, "VARCHAR"]), ("boolean", [nil]), (nil, [nil, "DOUBLE"]),
        ]
        let (logical, physical) = random.pick(types)
        var column = SampleColumn(name, logical, physical: random.pick(physical), required: chance(3))
        column.checks = checks(column)
        if chance(5) { column.meaning["default"] = value(column) }
        if chance(6) { column.meaning["unit"] = "m" }
        return column
    }

    private mutating func value(_ column: SampleColumn) -> JSON {
        switch column.logicalType {
        case "string": random.pick(["a", "ab", "zz"])
        case "boolean": true
        case _: .int(Int64(random.below(5)) - 1)
        }
    }

    private mutating func checks(_ column: SampleColumn) -> [(String, [String: JSON])] {
        (0..<random.below(3)).compactMap { _ in check(column) }.reduce(into: []) { all, item in
            if !all.contains(where: { $0.0 == item.0 }) { all.append(item) }
        }
    }

    private mutating func check(_ column: SampleColumn) -> (String, [String: JSON])? {
        switch column.logicalType ?? column.physicalType {
        case "string":
            switch random.below(4) {
            case 0: return ("length", [random.pick(["minimum", "maximum"]): .int(Int64(random.below(3)))])
            case 1:
                return ("enum", ["values": .array(Array(["a", "ab", "b", "zz"].shuffled(using: &random).prefix(2)))])
            case 2: return ("pattern", ["pattern": random.pick(["^a", "b$", "^[ab]*$", "^.{1,2}$", "z"])])
            default: return ("nullValues", ["mustBeLessThan": .int(Int64(random.below(3)))])
            }
        case "boolean": return chance(2) ? ("enum", ["values": .array([true])]) : nil
        case nil: return nil
        case _:
            let low = Int64(random.below(5)) - 2
            switch random.below(6) {
            case 0, 1:
                let ends = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"]
                let number: JSON = chance(3) ? .double(Double(low) + 0.5) : .int(low)
                return ("range", [random.pick(ends): number])
            case 2:
                return ("enum", ["values": .array(Array((0..<4).map { .int($0) }.shuffled(using: &random).prefix(2)))])
            case 3: return ("multipleOf", ["value": random.pick([1, 2, 3, .double(0.5)])])
            case 4: return ("maximum", [random.pick(["mustBeLessThan", "mustBeLessOrEqualTo"]): .int(low)])
            default: return ("nullValues", ["mustBeLessThan": random.pick([30, 60]), "unit": "percent"])
            }
        }
    }

    private mutating func tablePromise(_ names: [String]) -> (String, [String: JSON]) {
        switch random.below(5) {
        case 0: ("rowCount", [random.pick(["mustBeGreaterThan", "mustBeLessThan"]): .int(Int64(random.below(4)))])
        case 1:
            ("unique", ["columns": .array(Set([random.pick(names), random.pick(names)]).sorted().map { .string($0) })])
        case 2: ("undeclared", [:])
        case 3: ("expression", ["expression": .string("\(random.pick(names)) is not null")])
        default: ("duplicateValues", ["columns": .array([.string(random.pick(names))]), "mustBeLessThan": 2])
        }
    }

    /// A table that a side may admit.
    mutating func table(_ side: TableSide) -> WitnessTable {
        let count = random.below(5)
        let columns = (side.object?.columns ?? []).compactMap { column -> WitnessTable.Column? in
            let forms = side.forms(column)
            guard !forms.isEmpty else { return nil }
            let form = random.pick(forms)
            let values = (0..<count).map { _ in chance(6) ? .null : sample(form) }
            return WitnessTable.Column(name: column.name, form: form, values: values)
        }
        return WitnessTable(columns: columns, count: count)
    }

    private mutating func sample(_ form: ColumnForm) -> Value {
        let number = random.below(8) - 3
        switch form.type {
        case .bool: return .bool(chance(2))
        case .int32: return .int32(Int32(form.native == "TINYINT" || !chance(6) ? number : 70_000))
        case .int64: return .int64(random.pick([Int64(number), Int64(number), Int64(number), 1 << 53 + 1, 300]))
        case .float32: return .float32(random.pick([Float(number), Float(number) / 2, 0.1]))
        case .float64: return .float64(random.pick([Double(number), Double(number) / 2, 0.1, .nan]))
        case .string: return .string(random.pick(["", "a", "b", "ab", "zz", "abc", "aab"]))
        case .date: return .date(CalendarDate(days: Int32(number)))
        case .timestamp: return .timestamp(Timestamp(microseconds: Int64(number)))
        case .bytes: return .bytes([])
        case .array: return .array([])
        }
    }
}
