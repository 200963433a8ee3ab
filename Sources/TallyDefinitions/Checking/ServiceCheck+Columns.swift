// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension ServiceCheck {
    /// The join keys of all selected views.
    func joinKeys() -> [Output] {
        service.selections.enumerated().flatMap { index, selection -> [Output] in
            guard let view = check.views[selection.view]?.view else { return [] }
            return view.entities.compactMap { check.entities[$0] }.flatMap { entity in
                entity.joinKeys.map { key in
                    Output(
                        schema: key, origin: "join key '\(key.name)' of entity '\(entity.name)'",
                        location: located.part("features", index).location, help: "rename the other one")
                }
            }
        }
    }

    /// The inputs of a request.
    func requestInputs() -> [Output] {
        service.request.enumerated().map { index, input in
            Output(
                schema: input, origin: "request input '\(input.name)'",
                location: located.part("request", index).location,
                help: "give it another name, or delete it if the two are the same")
        }
    }

    /// The on-demand features.
    func onDemand() -> [Output] {
        service.onDemand.enumerated().map { index, feature in
            let node = located.part("onDemand", index)
            return Output(
                schema: ColumnSchema(name: feature.name, type: feature.type),
                origin: "on-demand feature '\(feature.name)'", location: node.value("name")?.location ?? node.location,
                help: "give it another name")
        }
    }

    /// The outputs of functions in Python.
    func transformed() -> [Output] {
        service.transforms.enumerated().flatMap { index, name -> [Output] in
            guard let transform = check.transforms[name]?.transform else { return [] }
            return transform.outputs.map { output in
                Output(
                    schema: output, origin: "output '\(output.name)' of transform '\(name)'",
                    location: located.part("transforms", index).location, help: "give one of the two another name")
            }
        }
    }

    /// The label's columns: the label, and whether it is ripe when unripe ones are kept.
    func labelColumns() -> [Output] {
        guard let label = service.label, let node = located.node.value("label") else { return [] }
        let name = label.alias ?? label.column
        let place = node.value("as")?.location ?? node.value("column")?.location ?? node.location
        func output(_ name: String, _ type: DataType) -> Output {
            Output(
                schema: ColumnSchema(name: name, type: type), origin: "label '\(name)'", location: place,
                help: "give the label another name with 'as'")
        }
        let type = check.columns[label.source]?.type(of: label.column) ?? .float64
        let ripe = label.unripe == .flag ? [output("\(name)_is_ripe", .bool)] : []
        return [output(name, type)] + ripe
    }
}
