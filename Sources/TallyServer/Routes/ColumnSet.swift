// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Columns of promised names and types while a request gives them, in whatever order.
struct ColumnSet {
    let schema: [ColumnSchema]
    private(set) var columns: [Column?]

    init(_ schema: [ColumnSchema]) {
        self.schema = schema
        columns = [Column?](repeating: nil, count: schema.count)
    }

    /// The place of a name; nil for one that was not promised.
    func index(of name: String) -> Int? { schema.firstIndex { $0.name.isSame(as: name) } }

    /// Reads the column of a place; the last one counts when a name comes twice.
    mutating func read(_ index: Int, _ scanner: inout JSONScanner, limit: Int) throws(BodyProblem) {
        do throws(BodyProblem) {
            columns[index] = try scanner.readColumn(schema[index].type, limit: limit)
        } catch {
            throw error.inside(.member(schema[index].name))
        }
    }

    /// The number of rows of the first column that was given.
    var count: Int? { columns.lazy.compactMap { $0?.count }.first }

    /// All columns as a batch; a problem for a missing column or one of another length.
    func batch(count: Int, _ what: String) throws(BodyProblem) -> Batch {
        var given: [Column] = []
        given.reserveCapacity(schema.count)
        for (entry, column) in zip(schema, columns) {
            guard let column else { throw BodyProblem("\(what) '\(entry.name)' of type \(entry.type) is missing") }
            guard column.count == count else {
                throw BodyProblem("has \(column.count) values where another column has \(count)")
                    .inside(.member(entry.name))
            }
            given.append(column)
        }
        return Batch(schema: schema, columns: given, count: count)
    }
}
