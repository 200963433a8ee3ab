// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The logical types of the standard, and their rules for data.
enum LogicalType: String, Sendable, CaseIterable {
    case string
    case date
    case timestamp
    case time
    case number
    case integer
    case object
    case array
    case boolean
    case map
    case vector

    /// The type of a column that is not read, by the engine's name of it; nil for what the standard has no word for.
    init?(unread native: String) {
        if native.hasSuffix("]") {
            self = .array
        } else if native.hasPrefix("STRUCT(") {
            self = .object
        } else if native.hasPrefix("MAP(") {
            self = .map
        } else {
            return nil
        }
    }

    /// Whether a column as it was found holds values of this type and of no other.
    func accepts(_ column: TableContext.Found) -> Bool {
        switch self {
        case .string:
            return column.type == .string && !column.isDecimal
                && !["TIME", "TIME WITH TIME ZONE", "INTERVAL"].contains(column.nativeType)
        case .date: return column.type == .date
        case .timestamp: return column.type == .timestamp
        case .time: return column.nativeType.hasPrefix("TIME") && !column.nativeType.hasPrefix("TIMESTAMP")
        case .number: return column.type.isNumeric || column.isDecimal
        case .integer:
            return column.type == .int32 || column.type == .int64
                || column.isDecimal && (!column.nativeType.hasPrefix("DECIMAL") || column.nativeType.hasSuffix(",0)"))
        case .boolean: return column.type == .bool
        case .array: if case .array = column.type { return true } else { return false }
        case .vector: if case .array(let element) = column.type { return element.isNumeric } else { return false }
        case .object: return column.nativeType.hasPrefix("STRUCT(") || column.nativeType == "JSON"
        case .map: return column.nativeType.hasPrefix("MAP(")
        }
    }
}
