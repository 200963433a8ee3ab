// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The notations before version 3.2, translated into those of 3.2.
enum OldContract {
    /// Translates bounds: in 3.0 `exclusiveMaximum: true` means that `maximum` itself is excluded.
    static func bounds(_ members: [JSON.Member]) -> [JSON.Member] {
        let old = JSON.members(members)
        return members.compactMap { member in
            switch member.name {
            case "minimum" where old["exclusiveMinimum"] == .bool(true): .init("exclusiveMinimum", member.value)
            case "maximum" where old["exclusiveMaximum"] == .bool(true): .init("exclusiveMaximum", member.value)
            case "exclusiveMinimum" where member.value.boolValue != nil: nil
            case "exclusiveMaximum" where member.value.boolValue != nil: nil
            default: member
            }
        }
    }

    /// Translates a custom property: the vendor in its name, and the keys that 3.0 did not require.
    static func customProperty(_ members: [JSON.Member]) -> [JSON.Member] {
        let old = JSON.members(members)
        var result = members
        if old["property"] == nil { result.insert(.init("property", .string("unnamed")), at: 0) }
        if old["value"] == nil { result.append(.init("value", .null)) }
        guard old["vendor"] == nil, let name = old["property"]?.stringValue,
            let plain = VendorProperties.plainName(of: name)
        else { return result }
        result = result.map { $0.name == "property" ? .init("property", .string(plain)) : $0 }
        return result + [.init("vendor", .string(VendorProperties.vendor))]
    }

    /// Translates a member of the team, who may have no user name in 3.0.
    static func member(_ members: [JSON.Member]) -> [JSON.Member] {
        let old = JSON.members(members)
        guard old["username"] == nil else { return members }
        return [.init("username", .string(old["name"]?.stringValue ?? "unknown"))] + members
    }

    /// A server: 3.0 took the schema of DuckDB for a number.
    static func server(_ members: [JSON.Member]) -> [JSON.Member] {
        guard JSON.members(members)["type"] == .string("duckdb") else { return members }
        return members.map { member in
            guard member.name == "schema", member.value.numberValue != nil else { return member }
            return .init("schema", .string(member.value.compactText))
        }
    }

    /// A quality rule: the metric behind a `rule` of 3.0, and a query without an operator as a rule for another engine.
    static func quality(_ members: [JSON.Member]) -> [JSON.Member] {
        let old = JSON.members(members)
        let hasOperator = ContractTable.operators.contains { old[$0] != nil }
        if old["type"] == .string("sql"), !hasOperator, let query = old["query"] {
            return renamed(members, type: "custom").filter { $0.name != "query" }
                + [.init("engine", .string("sql")), .init("implementation", query)]
        }
        let isLibrary = old["type"] == nil || old["type"] == .string("library")
        guard isLibrary, old["metric"] == nil, let rule = old["rule"]?.stringValue else { return members }
        let metric = QualityMapper.oldRules[rule] ?? rule
        guard ContractTable.metrics.contains(metric), hasOperator || metric != "rowCount" else {
            return renamed(members, type: "text")
        }
        var result = members.map { $0.name == "rule" ? JSON.Member("metric", .string(metric)) : $0 }
        if !hasOperator { result.append(.init("mustBe", .int(0))) }
        return result
    }

    private static func renamed(_ members: [JSON.Member], type: String) -> [JSON.Member] {
        members.filter { $0.name != "type" } + [.init("type", .string(type))]
    }
}
