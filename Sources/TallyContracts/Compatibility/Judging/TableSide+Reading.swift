// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TableSide {
    /// A table as this contract's reader gets it.
    struct Reading {
        var names: [String] = []
        var columns: [(form: ColumnForm, values: [Value])] = []
        var refusals: [Refusal] = []
        var obstacle: String?

        mutating func add(_ name: String, _ form: ColumnForm, _ values: [Value]) {
            names.append(name)
            columns.append((form, values))
        }
    }

    /// Reads a table by name: exact conversions are made, missing columns read as the default or null.
    ///
    /// Where null is forbidden, a null that the writer serves a default for reads as that default. Columns that are not declared here are left
    /// out, but for a contract that refuses them.
    func read(_ table: WitnessTable, writtenBy writer: TableSide) -> Reading {
        var reading = Reading()
        var taken = Set<ExactName>()
        for column in object?.columns ?? [] {
            let physical = physicalName(column.name)
            guard let given = table[column.name] else {
                if let other = writer.object?.columns.first(where: {
                    writer.physicalName($0.name).isSame(as: physical) && self.column($0.name) == nil
                        && table[$0.name] != nil
                }), column.physicalName != nil || other.physicalName != nil {
                    let reason = "'\(column.name)' goes by the name '\(other.name)'"
                    reading.refusals.append(Refusal(target: .renamed(column.name), reason: reason))
                    taken.insert(ExactName(other.name))
                    continue
                }
                // A consumer of the column must not read nulls instead.
                if pins.contains(ExactName(column.name)) { continue }
                guard let form = forms(column).first else {
                    reading.obstacle = "the type of '\(column.name)' is not known here"
                    continue
                }
                let value = defaultValue(column, as: form) ?? .null
                reading.add(physical, form, [Value](repeating: value, count: table.count))
                continue
            }
            taken.insert(ExactName(column.name))
            read(given, column, writer, into: &reading)
        }
        for column in table.columns where isClosed && !taken.contains(ExactName(column.name)) {
            reading.add(writer.physicalName(column.name), column.form, column.values)
        }
        return reading
    }

    private func read(
        _ given: WitnessTable.Column, _ column: Contract.Column, _ writer: TableSide, into reading: inout Reading
    ) {
        let form = readForm(column) ?? given.form
        var values = given.values
        if form.native != given.form.native {
            guard form.isKnown, given.form.isKnown else {
                reading.obstacle = "whether \(given.form.native) is read as \(form.native) is not known here"
                return
            }
            guard given.form.isReadable(as: form) else {
                let reason = "\(given.form.native) is not read as \(form.native)"
                reading.refusals.append(Refusal(target: .reading(column.name), reason: reason))
                return
            }
            for (row, value) in values.enumerated() {
                guard let read = given.form.convert(value, to: form) else {
                    let reason = "'\(column.name)' is no value of \(form.native)"
                    reading.refusals.append(Refusal(target: .reading(column.name), reason: reason, row: row))
                    return
                }
                values[row] = read
            }
        }
        if let type = LogicalType(rawValue: column.logicalType ?? ""), !type.accepts(form.found("")) {
            let reason = "\(form.native) is no \(type.rawValue)"
            reading.refusals.append(Refusal(target: .reading(column.name), reason: reason))
            return
        }
        if writer.side != side, requires(column.name), let source = writer.column(given.name),
            let value = writer.defaultValue(source, as: form)
        {
            values = values.map { $0.isNull ? value : $0 }
        }
        reading.add(physicalName(column.name), form, values)
    }
}
