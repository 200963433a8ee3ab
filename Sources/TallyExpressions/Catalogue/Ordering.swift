// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Kernels that exist once for every ordered type.
enum OrderedFamily: Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case between, isIn, nullIf, greatest, least

    /// The types that have an order.
    static let types: [DataType] = [
        .bool, .int32, .int64, .float32, .float64, .string, .bytes, .timestamp, .date,
    ]

    /// The kernel for arguments of a type; nil for arrays.
    func kernel(for type: DataType) -> Kernel? {
        switch type {
        case .bool: kernel(of: Bool.self)
        case .int32, .date: kernel(of: Int32.self)
        case .int64, .timestamp: kernel(of: Int64.self)
        case .float32: kernel(of: Float.self)
        case .float64: kernel(of: Double.self)
        case .string, .bytes: kernel(of: Bytes.self)
        case .array: nil
        }
    }

    private func kernel<T: Ordered>(of _: T.Type) -> Kernel {
        switch self {
        case .equal: .binary { (left: T, right: T, _) -> Bool? in T.isSame(left, right) }
        case .notEqual: .binary { (left: T, right: T, _) -> Bool? in !T.isSame(left, right) }
        case .less: .binary { (left: T, right: T, _) -> Bool? in T.isLess(left, right) }
        case .lessOrEqual: .binary { (left: T, right: T, _) -> Bool? in !T.isLess(right, left) }
        case .greater: .binary { (left: T, right: T, _) -> Bool? in T.isLess(right, left) }
        case .greaterOrEqual: .binary { (left: T, right: T, _) -> Bool? in !T.isLess(left, right) }
        case .between:
            .lenient { (values: [T?], _) -> Bool? in
                Logic.combine(
                    Self.isAtLeast(values[0], values[1]), Self.isAtLeast(values[2], values[0]), deciding: false)
            }
        case .isIn: .lenient { (values: [T?], _) -> Bool? in Self.isIn(values) }
        case .nullIf:
            .lenient { (values: [T?], _) -> T? in
                guard let first = values[0], let second = values[1] else { return values[0] }
                return T.isSame(first, second) ? nil : first
            }
        case .greatest: .lenient { (values: [T?], _) -> T? in Self.best(values) { T.isLess($0, $1) } }
        case .least: .lenient { (values: [T?], _) -> T? in Self.best(values) { T.isLess($1, $0) } }
        }
    }

    private static func isAtLeast<T: Ordered>(_ value: T?, _ bound: T?) -> Bool? {
        guard let value, let bound else { return nil }
        return !T.isLess(value, bound)
    }

    private static func isIn<T: Ordered>(_ values: [T?]) -> Bool? {
        guard let value = values[0] else { return nil }
        var sawNull = false
        for index in 1..<values.count {
            guard let item = values[index] else {
                sawNull = true
                continue
            }
            if T.isSame(value, item) { return true }
        }
        return sawNull ? nil : false
    }

    private static func best<T>(_ values: [T?], _ isWorse: (T, T) -> Bool) -> T? {
        var best: T?
        for case let value? in values {
            guard let current = best else {
                best = value
                continue
            }
            if isWorse(current, value) { best = value }
        }
        return best
    }
}
