// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension JSON: Hashable {
    /// Whether two values are equal: texts by bytes without normalization, and numbers by kind (5 is not 5.0).
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.members(let left), .members(let right)): left == right
        default: false
        }
    }

    /// Hashes the kind and the value, text by its bytes.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .string(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .array(let value): hasher.combine(value)
        case .members(let value): hasher.combine(value)
        }
    }
}

extension JSON.Member: Hashable {
    /// Whether name and value are equal, the name by bytes.
    public static func == (left: JSON.Member, right: JSON.Member) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }

    /// Hashes the name by its bytes, and the value.
    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        hasher.combine(value)
    }
}
