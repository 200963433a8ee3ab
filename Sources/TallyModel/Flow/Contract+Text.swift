// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Contract.Column {
    /// The type that a column of a text file is read as, from the standard's word for it; nil where the data decide.
    public var textType: DataType? {
        switch logicalType {
        case "string", "time": .string
        case "date": .date
        case "timestamp": .timestamp
        case "number": .float64
        case "integer": .int64
        case "boolean": .bool
        default: nil
        }
    }
}
