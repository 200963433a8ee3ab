// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyContracts
import TallyModel

/// A column as a test writes it; its promises are those that a contract's reader makes of it.
struct SampleColumn {
    var name: String
    var logicalType: String?
    var physicalType: String?
    var physicalName: String?
    var isRequired = false
    var isDeprecated = false
    var meaning: [String: JSON] = [:]
    /// Checks beside those of the type, with what they are given.
    var checks: [(String, [String: JSON])] = []

    init(
        _ name: String, _ logicalType: String? = nil, physical: String? = nil, physicalName: String? = nil,
        required: Bool = false, deprecated: Bool = false, meaning: [String: JSON] = [:],
        _ checks: (String, [String: JSON])...
    ) {
        self.name = name
        self.logicalType = logicalType
        physicalType = physical
        self.physicalName = physicalName
        isRequired = required
        isDeprecated = deprecated
        self.meaning = meaning
        self.checks = checks
    }

    func promises(_ object: String) -> [Promise] {
        var all: [(String, [String: JSON])] = [("present", [:])]
        if let logicalType { all.append(("logicalType", ["type": .string(logicalType)])) }
        if let physicalType { all.append(("physicalType", ["type": .string(physicalType)])) }
        if isRequired { all.append(("required", [:])) }
        if logicalType == "number", !checks.contains(where: { $0.0 == "finite" }) {
            all.append(("finite", ["nan": .string("reject"), "infinity": .string("reject")]))
        }
        return (all + checks).map { check, arguments in
            Promise(id: "\(object).\(name).\(check)", object: object, column: name, check: check, arguments: arguments)
        }
    }

    var column: Contract.Column {
        Contract.Column(
            name: name, physicalName: physicalName, logicalType: logicalType, physicalType: physicalType,
            isRequired: isRequired, isDeprecated: isDeprecated, meaning: meaning)
    }
}

/// A contract of one table as a test writes it.
struct SampleContract {
    var version = "1.0.0"
    var object = "t"
    var columns: [SampleColumn]
    var table: [(String, [String: JSON])] = []
    var keys: [String] = []
    var eventTime: String?
    var knownTime: String?
    var meaning: [String: JSON] = [:]
    var severity: [String: Promise.Severity] = [:]
    var reaction: [String: Reaction] = [:]
    var reserved: [String] = []
    var owner: String?
    var document: JSON = .null
    var hasObject = true

    init(_ columns: SampleColumn..., table: [(String, [String: JSON])] = []) {
        self.columns = columns
        self.table = table
    }

    /// The same with something changed.
    func with(_ change: (inout SampleContract) -> Void) -> SampleContract {
        var copy = self
        change(&copy)
        return copy
    }

    /// The contract; severities and reactions go by the check's name.
    var contract: Contract {
        let keyed = keys.isEmpty ? [] : [("unique", ["columns": JSON.array(keys.map { .string($0) })])]
        let own = (keyed + table).enumerated().map { index, item in
            Promise(id: "\(object).\(item.0)#\(index)", object: object, check: item.0, arguments: item.1)
        }
        let promises = (columns.flatMap { $0.promises(object) } + own).map { promise in
            Promise(
                id: promise.id, object: object, column: promise.column, check: promise.check,
                arguments: promise.arguments, severity: severity[promise.check] ?? .error,
                reaction: reaction[promise.check])
        }
        let objects = [
            Contract.Object(
                name: object, columns: columns.map(\.column), keys: keys, eventTime: eventTime, knownTime: knownTime,
                promises: promises, meaning: meaning)
        ]
        return Contract(
            id: "c", version: version, owner: owner, objects: hasObject ? objects : [], reserved: reserved,
            document: document)
    }
}

extension ContractComparison {
    init(_ old: SampleContract, _ new: SampleContract, consumers: [Consumer] = []) {
        self.init(old: old.contract, new: new.contract, consumers: consumers)
    }
}
