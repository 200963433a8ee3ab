// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Brings contracts of older versions of the standard to the newest, without losing anything they say.
public enum ContractUpgrade {
    private static let table = ContractTable(standard: .v32)

    /// The document as version 3.2.0 writes it: what was valid before is valid after, and promises the same.
    ///
    /// Names such as `tallyEventTime` become properties of the vendor `tallystick`; exclusive bounds of 3.0 become numbers;
    /// its `rule` becomes a `metric`, and a rule of several operators one rule for each. Keys that 3.0 let pass and 3.2 does
    /// not know move to the nearest `customProperties`. A list of team members stays a list, which 3.2 still accepts.
    public static func toLatest(_ document: JSON) -> JSON {
        guard case .members(let members) = document else { return document }
        let renamed = members.map { member in
            member.name == "apiVersion" ? JSON.Member("apiVersion", .string(ContractStandard.v32.spelled)) : member
        }
        return fit(.members(renamed), .part(.root)).value
    }

    /// A value that 3.2 accepts, and the members it has no place for.
    private static func fit(_ value: JSON, _ shape: ContractShape) -> (value: JSON, rest: [JSON.Member]) {
        switch (shape, value) {
        case (.part(let part), .members(let members)): return fit(members, part)
        case (.list(let element, _), .array(let elements)):
            var rest: [JSON.Member] = []
            let fitted = elements.flatMap { item in pieces(of: item, element) }.map { item in
                let found = fit(item, element)
                rest += found.rest
                return found.value
            }
            return (.array(fitted), rest)
        case (.either(let shapes), _):
            guard let fitting = shapes.first(where: { $0.fits(value) }) else { return (value, []) }
            return fit(value, fitting)
        default: return (value, [])
        }
    }

    private static func fit(_ members: [JSON.Member], _ part: ContractPart) -> (value: JSON, rest: [JSON.Member]) {
        let members = modern(members, part)
        let rule = table.rule(part, .members(members))
        var kept: [JSON.Member] = []
        var rest: [JSON.Member] = []
        for member in members {
            guard let shape = rule[member.name] else {
                if rule.isOpen { kept.append(member) } else { rest.append(member) }
                continue
            }
            let found = fit(member.value, shape)
            kept.append(.init(member.name, found.value))
            rest += found.rest.map { .init("\(member.name).\($0.name)", $0.value) }
        }
        guard !rest.isEmpty, rule["customProperties"] != nil else { return (.members(kept), rest) }
        let moved = rest.map { JSON.object([("property", .string($0.name)), ("value", $0.value)]) }
        let written = kept.first { $0.name == "customProperties" }?.value.arrayValue ?? []
        let custom = JSON.Member("customProperties", .array(written + moved))
        if let index = kept.firstIndex(where: { $0.name == "customProperties" }) {
            kept[index] = custom
        } else {
            kept.append(custom)
        }
        return (.members(kept), [])
    }

    /// The members of a mapping in the words of 3.2.
    private static func modern(_ members: [JSON.Member], _ part: ContractPart) -> [JSON.Member] {
        switch part {
        case .options: OldContract.bounds(members)
        case .customProperty: OldContract.customProperty(members)
        case .member: OldContract.member(members)
        case .server: OldContract.server(members)
        case .quality: OldContract.quality(members)
        case .root, .description, .context, .statement, .constraint, .object, .property, .item, .map, .enumValue,
            .synonym, .relationship, .definition, .support, .price, .team, .role, .serviceLevel:
            members
        }
    }

    /// Returns a rule of several operators as one rule for each; anything else unchanged.
    private static func pieces(of item: JSON, _ shape: ContractShape) -> [JSON] {
        guard case .part(.quality) = shape, case .members(let members) = item else { return [item] }
        let written = members.filter { ContractTable.operators.contains($0.name) }
        let rest = OldContract.quality(members)
        guard written.count > 1, table.needsOperator(.members(rest)) else { return [item] }
        return written.map { kept in
            .members(members.filter { !ContractTable.operators.contains($0.name) || $0.name == kept.name })
        }
    }
}
