// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyExpressions
internal import TallyModel

extension Contract {
    /// A view as a contract: its columns with types and meaning, and its promises.
    init(describing plan: CompiledView) {
        let view = plan.view
        let columns =
            plan.joinKeys.map { Contract.Column(name: $0.name, logicalType: $0.type.logicalName, isRequired: true) }
            + view.features.map { Contract.Column(describing: $0, canonicalText: plan.canonicalTexts[$0.name]) }
        var meaning: [String: JSON] = [
            "entities": .array(view.entities.map { .string($0) }), "source": .string(view.source),
        ]
        if let life = view.timeToLive { meaning["ttl"] = .string(life.description) }
        if let event = plan.source.eventTime { meaning["eventTime"] = .string(event) }
        let object = Contract.Object(
            name: view.name, columns: columns, keys: plan.joinKeys.map(\.name), eventTime: plan.source.eventTime,
            promises: view.features.map { $0.typePromise(of: view.name) } + view.promises
                + view.features.flatMap(\.promises), meaning: meaning)
        self.init(id: view.name, version: "", owner: view.annotation.owner, objects: [object])
    }

    /// Makes a contract of a service's on-demand columns: their types, meaning and promises.
    init(describing plan: CompiledVector) {
        let service = plan.service
        let object = Contract.Object(
            name: service.name,
            columns: plan.onDemand.map {
                Contract.Column(describing: $0.feature, canonicalText: $0.canonicalText)
            },
            promises: plan.onDemand.map { $0.feature.typePromise(of: service.name) }
                + service.onDemand.flatMap(\.promises))
        self.init(id: service.name, version: "", owner: service.annotation.owner, objects: [object])
    }
}

extension Contract.Column {
    /// A feature with its type and meaning; `canonicalText` is its expression however it is spelled.
    fileprivate init(describing feature: Feature, canonicalText: String?) {
        var meaning: [String: JSON] = [:]
        if let unit = feature.unit { meaning["unit"] = .string(unit) }
        if let expression = feature.expression { meaning["transformLogic"] = .string(expression) }
        if let canonicalText { meaning["transformHash"] = .string(canonicalText) }
        if let value = feature.defaultValue { meaning["default"] = value }
        self.init(
            name: feature.name, logicalType: feature.type.logicalName, physicalType: feature.type.name, meaning: meaning
        )
    }
}

extension Feature {
    /// The promise that its type is.
    fileprivate func typePromise(of table: String) -> Promise {
        Promise(
            id: "\(table).\(name).logicalType", object: table, column: name, check: "logicalType",
            arguments: ["type": .string(type.logicalName)])
    }
}

extension DataType {
    /// The standard's word for the type.
    fileprivate var logicalName: String {
        switch self {
        case .bool: "boolean"
        case .int32, .int64: "integer"
        case .float32, .float64: "number"
        case .string, .bytes: "string"
        case .timestamp: "timestamp"
        case .date: "date"
        case .array: "array"
        }
    }
}
