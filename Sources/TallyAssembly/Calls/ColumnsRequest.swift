// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// An object of lists, one for each column of a schema: the entities or the inputs that vectors are asked for.
struct ColumnsRequest {
    private let name: String
    private let schema: [ColumnSchema]
    private let columns: [Column?]

    /// The number of rows; nil where nothing is given.
    let count: Int?

    /// Reads the lists; `E-misuse` for unknown columns, for lists of different lengths and for values of other types.
    init(_ json: JSON?, named name: String, of schema: [ColumnSchema]) throws(TallyError) {
        let members = json?.objectValue ?? []
        guard json == nil || json?.objectValue != nil else {
            throw TallyError(.misuse, "'\(name)' is no object of lists", subject: "get")
        }
        var columns = [Column?](repeating: nil, count: schema.count)
        var count: Int?
        for member in members {
            guard let index = schema.firstIndex(where: { $0.name.isSame(as: member.name) }) else {
                let known = schema.map(\.name).joined(separator: ", ")
                throw TallyError(
                    .misuse, "'\(member.name)' is none of the '\(name)' of this vector", subject: "get",
                    help: "it takes \(known.isEmpty ? "none" : known)")
            }
            guard let elements = member.value.arrayValue else {
                throw TallyError(.misuse, "'\(member.name)' is no list", subject: "get")
            }
            guard count ?? elements.count == elements.count else {
                throw TallyError(
                    .misuse, "the lists of '\(name)' have different lengths", subject: "get",
                    help: "give one element for each entity; null finds nothing")
            }
            count = elements.count
            columns[index] = try Self.column(elements, schema[index])
        }
        self.name = name
        self.schema = schema
        self.columns = columns
        self.count = count
    }

    private static func column(_ elements: [JSON], _ schema: ColumnSchema) throws(TallyError) -> Column {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Value(element, as: schema.type) else {
                throw TallyError(
                    .misuse, "an element of '\(schema.name)' is no \(schema.type)", subject: "get",
                    help: "nothing is cast: write numbers as numbers, times with an offset, bytes as 0x and digits")
            }
            values.append(value)
        }
        return Column(type: schema.type, values: values)
    }

    /// The columns in the schema's order; `E-misuse` for a missing one.
    func batch(count wanted: Int) throws(TallyError) -> Batch {
        var given: [Column] = []
        for (column, schema) in zip(columns, schema) {
            guard let column, column.count == wanted else {
                throw TallyError(
                    .misuse,
                    column == nil
                        ? "'\(schema.name)' is missing in '\(name)'"
                        : "'\(name)' has \(column?.count ?? 0) rows for \(wanted) entities",
                    subject: "get", help: "give a list of \(schema.type) with one element for each entity")
            }
            given.append(column)
        }
        return Batch(schema: schema, columns: given, count: wanted)
    }
}
