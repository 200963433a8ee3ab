// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Assignment {
    /// Divides assignments into join keys and request inputs by name, in addition to those given as one or the other.
    static func parted(
        _ values: [Assignment], keys: (given: [Assignment], columns: [ColumnSchema]),
        inputs: (given: [Assignment], columns: [ColumnSchema])
    ) throws(TallyError) -> (keys: [Assignment], inputs: [Assignment]) {
        var parted = (keys: keys.given, inputs: inputs.given)
        for value in values {
            let isKey = keys.columns.contains { $0.name.isSame(as: value.name) }
            let isInput = inputs.columns.contains { $0.name.isSame(as: value.name) }
            switch (isKey, isInput) {
            case (true, false): parted.keys.append(value)
            case (false, true): parted.inputs.append(value)
            case (true, true):
                throw TallyError(
                    .misuse, "'\(value.name)' is a join key and a request input",
                    help: "write --key \(value.name)=... or --request \(value.name)=...")
            case (false, false):
                let known = (keys.columns + inputs.columns).map(\.name)
                throw TallyError(
                    .misuse, "the service has no join key and no request input '\(value.name)'",
                    help: nearestName(to: value.name, among: known).map { "did you mean '\($0)'?" }
                        ?? "it needs \(known.map { "\($0)=..." }.joined(separator: " "))")
            }
        }
        return parted
    }

    /// One row of the columns; `E-misuse` for what is missing, unknown, given twice or of another type.
    static func row(
        _ given: [Assignment], for columns: [ColumnSchema], of option: String
    ) throws(TallyError) -> Batch {
        for assignment in given {
            guard columns.contains(where: { $0.name.isSame(as: assignment.name) }) else {
                throw TallyError(
                    .misuse, "there is no '\(assignment.name)' to give with --\(option)",
                    help: nearestName(to: assignment.name, among: columns.map(\.name)).map { "did you mean '\($0)'?" }
                        ?? (columns.isEmpty
                            ? "the service needs none" : "it needs \(columns.map(\.name).joined(separator: ", "))"))
            }
            guard given.count(where: { $0.name.isSame(as: assignment.name) }) == 1 else {
                throw TallyError(.misuse, "\(assignment.name) is given more than once")
            }
        }
        var values: [Column] = []
        for column in columns {
            guard let assignment = given.first(where: { $0.name.isSame(as: column.name) }) else {
                throw TallyError(
                    .misuse, "\(column.name)=... is missing",
                    help: "the service needs \(columns.map { "\($0.name)=... (\($0.type))" }.joined(separator: " "))")
            }
            guard let value = Value(parsing: assignment.value, as: column.type) else {
                throw TallyError(.misuse, "the value of \(column.name) is no \(column.type)")
            }
            values.append(Column(type: column.type, values: [value]))
        }
        return Batch(schema: columns, columns: values, count: 1)
    }
}
