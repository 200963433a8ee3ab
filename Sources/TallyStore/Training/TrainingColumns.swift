// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The columns of a training set: the spine's, then the vector's, then the label's; no name twice.
struct TrainingColumns {
    /// Names and types, in order.
    let schema: [ColumnSchema]
    /// The columns to write, with the native types of those that are passed through.
    let written: [WriteRequest.Column]

    init(plan: CompiledVector, spine: SpinePlan, label: CompiledLabel?, usesFullNames: Bool) throws(TallyError) {
        var added = plan.outputs.map { output in
            ColumnSchema(
                name: usesFullNames ? plan.views[output.view].view.name + "__" + output.name : output.name,
                type: output.feature.type)
        }
        added += plan.onDemand.map { ColumnSchema(name: $0.feature.name, type: $0.feature.type) }
        if let label {
            added.append(ColumnSchema(name: label.name, type: label.type))
            if let flag = label.flagName { added.append(ColumnSchema(name: flag, type: .bool)) }
        }
        var taken: [ExactName: String] = [:]
        for column in spine.passThrough { taken[ExactName(column.schema.name)] = "a column of the spine" }
        for column in added {
            if let other = taken.updateValue("a column of service \(plan.service.name)", forKey: ExactName(column.name))
            {
                throw TallyError(
                    .invalidData, "'\(column.name)' is already \(other)", subject: "service \(plan.service.name)",
                    help: "rename it with `as:` in the service, or leave the column out of the spine")
            }
        }
        written = spine.passThrough + added.map { WriteRequest.Column(schema: $0) }
        schema = written.map(\.schema)
    }
}
