// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyContracts
internal import TallyModel

extension Consumer {
    /// The services, by the source or view that they read, with the columns they depend on.
    static func readers(in set: DefinitionSet) throws(TallyError) -> [String: [Consumer]] {
        var consumers: [String: [Consumer]] = [:]
        for service in set.services.values.sorted(by: { $0.name < $1.name }) {
            let plan = try CompiledVector(service, in: set)
            for (position, view) in plan.views.enumerated() {
                let outputs = plan.outputs.filter { $0.view == position }.map(\.feature.name)
                let source = view.source.name
                let table = set.contracts[source].flatMap { PromisedTable(view.source, $0)?.object.name } ?? source
                let read =
                    view.inputs.map(\.name) + view.joinKeys.map(\.name) + (view.source.eventTime.map { [$0] } ?? [])
                consumers[source, default: []].append(
                    Consumer(name: "service \(service.name)", columns: read.uniqued().map { "\(table).\($0)" }))
                consumers["view " + view.view.name, default: []].append(
                    Consumer(
                        name: "service \(service.name)",
                        columns: (outputs + view.joinKeys.map(\.name)).uniqued().map { "\(view.view.name).\($0)" }))
            }
        }
        return consumers
    }
}
