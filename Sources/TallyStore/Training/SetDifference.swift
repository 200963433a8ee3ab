// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The cells in which two training sets differ.
public struct SetDifference: Sendable, Hashable {
    /// One column's share of the difference.
    public struct ColumnDifference: Sendable, Hashable {
        /// The column's name.
        public let name: String
        /// The number of its cells that differ in a bit.
        public var differing = 0
    }

    /// A cell, or a key, as text.
    public struct Cell: Sendable, Hashable {
        /// The column's name.
        public let name: String
        /// The left set's value.
        public let left: String
        /// The right set's value.
        public let right: String
    }

    /// The first row that differs.
    public struct Example: Sendable, Hashable {
        /// The row, from 0.
        public let row: Int
        /// The values of the key columns.
        public let keys: [(name: String, text: String)]
        /// The cells that differ.
        public let cells: [Cell]

        /// Whether two examples show the same row and cells.
        public static func == (left: Example, right: Example) -> Bool {
            left.row == right.row && left.cells == right.cells
                && left.keys.map(\.text) == right.keys.map(\.text)
        }

        /// Hashes row and cells.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(row)
            hasher.combine(cells)
        }
    }

    /// The number of rows that were compared.
    public var rows = 0
    /// Rows with at least one cell that differs.
    public var differingRows = 0
    /// The columns in order.
    public var columns: [ColumnDifference]
    /// The first row that differs.
    public var example: Example?

    /// Whether all cells are the same.
    public var isEmpty: Bool { differingRows == 0 }

    /// The difference as JSON.
    public var json: JSON {
        .object([
            ("rows", .exact(Int64(rows))), ("differingRows", .exact(Int64(differingRows))),
            ("columns", .object(columns.map { ($0.name, .exact(Int64($0.differing))) })),
            (
                "first",
                example.map { example in
                    .object([
                        ("row", .exact(Int64(example.row))),
                        ("keys", .object(example.keys.map { ($0.name, .string($0.text)) })),
                        (
                            "cells",
                            .array(
                                example.cells.map {
                                    .object([
                                        ("column", .string($0.name)), ("left", .string($0.left)),
                                        ("right", .string($0.right)),
                                    ])
                                })
                        ),
                    ])
                } ?? .null
            ),
        ])
    }
}
