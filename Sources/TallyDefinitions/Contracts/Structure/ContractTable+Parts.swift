// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension ContractTable {
    /// The mappings whose keys depend on the version only.
    func small(_ part: ContractPart) -> ContractRule {
        let isOpen = standard == .v30
        switch part {
        case .description:
            return ContractRule(
                subject: "'description'",
                keys: [
                    ("usage", .text), ("purpose", .text), ("limitations", .text),
                    ("authoritativeDefinitions", Self.definitions), ("customProperties", Self.custom),
                ], isOpen: true)
        case .map:
            return ContractRule(
                subject: "'map'", keys: [("key", .part(.item)), ("value", .part(.item))], required: ["key", "value"])
        case .enumValue:
            return ContractRule(
                subject: "a value of an enum",
                keys: id + [
                    ("value", .scalar), ("label", .text), ("description", .text), ("customProperties", Self.custom),
                    ("authoritativeDefinitions", Self.definitions), ("tags", .texts),
                ], required: ["value"])
        case .synonym:
            return ContractRule(
                subject: "a synonym",
                keys: id + [
                    ("synonym", .text), ("description", .text), ("locale", .text), ("source", .text),
                    ("status", .text), ("customProperties", Self.custom),
                ], required: ["synonym"])
        case .definition:
            return ContractRule(
                subject: "an authoritative definition",
                keys: id + [("url", .text), ("type", .text)] + since(.v31, [("description", .text)]),
                required: ["url", "type"], isOpen: isOpen)
        case .price:
            return ContractRule(
                subject: "'price'",
                keys: id + [("priceAmount", .anyNumber), ("priceCurrency", .text), ("priceUnit", .text)],
                isOpen: isOpen)
        case .customProperty:
            return ContractRule(
                subject: "a custom property",
                keys: id + [("property", .text), ("value", .any)] + since(.v31, [("description", .text)])
                    + since(.v32, [("vendor", .text)]),
                required: standard == .v30 ? [] : ["property", "value"], isOpen: isOpen)
        case .serviceLevel: return serviceLevel
        case .context: return context
        case .statement: return statement
        case .constraint: return constraint
        case .team: return team
        case .member: return member
        case .role: return role
        case .support: return support
        case .root, .server, .object, .property, .item, .options, .relationship, .quality:
            preconditionFailure("\(part) depends on more than the version")
        }
    }

    private var serviceLevel: ContractRule {
        let keys: Keys = [
            ("property", .text), ("value", .scalar), ("valueExt", .scalar), ("unit", .text), ("element", .text),
            ("driver", .text),
        ]
        return ContractRule(
            subject: "a service level",
            keys: id + keys + since(.v31, [("description", .text), ("scheduler", .text), ("schedule", .text)])
                + since(.v32, [("customProperties", Self.custom), ("authoritativeDefinitions", Self.definitions)]),
            required: ["property", "value"], isOpen: standard == .v30)
    }

    /// Guidance for programs that read the contract, new in 3.2; its identifiers are any text.
    private var context: ContractRule {
        ContractRule(
            subject: "'context'",
            keys: [
                ("instructions", .text), ("verifiedStatements", .list(.part(.statement))),
                ("constraints", .list(.part(.constraint))),
            ])
    }

    private var contextKeys: Keys {
        [
            ("id", .text), ("authoritativeDefinitions", Self.definitions), ("tags", .texts),
            ("customProperties", Self.custom),
        ]
    }

    private var statement: ContractRule {
        ContractRule(
            subject: "a verified statement", keys: contextKeys + [("question", .text), ("answer", .text)],
            required: ["question"])
    }

    private var constraint: ContractRule {
        ContractRule(subject: "a constraint", keys: contextKeys + [("constraint", .text)], required: ["constraint"])
    }
}

extension ContractTable {
    /// The keys of people that version 3.1 added.
    private var laterKeys: Keys {
        since(
            .v31,
            [("tags", .texts), ("customProperties", Self.custom), ("authoritativeDefinitions", Self.definitions)])
    }

    private var team: ContractRule {
        ContractRule(
            subject: "'team'",
            keys: id + [("name", .text), ("description", .text), ("members", .list(.part(.member)))] + laterKeys)
    }

    private var member: ContractRule {
        ContractRule(
            subject: "a member of the team",
            keys: id + [
                ("username", .text), ("name", .text), ("description", .text), ("role", .text), ("dateIn", .text),
                ("dateOut", .text), ("replacedByUsername", .text),
            ] + laterKeys, required: standard == .v30 ? [] : ["username"], isOpen: standard == .v30)
    }

    private var role: ContractRule {
        ContractRule(
            subject: "a role",
            keys: id + [
                ("role", .text), ("description", .text), ("access", .text), ("firstLevelApprovers", .text),
                ("secondLevelApprovers", .text), ("customProperties", Self.custom),
            ], required: ["role"], isOpen: standard == .v30)
    }

    private var support: ContractRule {
        ContractRule(
            subject: "a support channel",
            keys: id + [
                ("channel", .text), ("url", .text), ("description", .text), ("tool", .text), ("scope", .text),
                ("invitationUrl", .text),
            ] + since(.v31, [("customProperties", Self.custom)]),
            required: standard == .v30 ? ["channel", "url"] : ["channel"], isOpen: standard == .v30)
    }
}
