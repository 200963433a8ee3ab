// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The meaning of plain YAML scalars in contracts: the core schema of YAML 1.2, section 10.3.
///
/// `yes`, `on`, dates and `1:30` are text there. A number that JSON cannot hold (`.nan`, `.inf`, `1e999`) is text too, so
/// that it is refused where a number is expected.
enum CoreSchema {
    /// The value of a scalar: quoted and block scalars are text.
    static func value(of scalar: YAMLScalar) -> JSON {
        scalar.style == .plain ? value(ofPlain: scalar.text) : .string(scalar.text)
    }

    /// The value of a plain scalar.
    static func value(ofPlain text: String) -> JSON {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSON? {
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map { .int($0) } }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map { .int($0) } }
        var rest = Substring(text)
        let sign = rest.first == "-" ? "-" : ""
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        let whole = digits(&rest)
        guard !rest.isEmpty else { return whole.isEmpty ? nil : integer(sign + whole) }
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = ""
        if rest.first == "e" || rest.first == "E" {
            rest.removeFirst()
            if rest.first == "-" || rest.first == "+" { exponent = String(rest.removeFirst()) }
            let power = digits(&rest)
            guard !power.isEmpty else { return nil }
            exponent = "e" + exponent + power
        }
        guard rest.isEmpty else { return nil }
        let spelled = sign + (whole.isEmpty ? "0" : whole) + "." + (fraction.isEmpty ? "0" : fraction) + exponent
        return Double(spelled).flatMap { $0.isFinite ? .double($0) : nil }
    }

    private static func integer(_ text: String) -> JSON? {
        if let number = Int64(text) { return .int(number) }
        return Double(text).flatMap { $0.isFinite ? .double($0) : nil }
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let found = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(found.count)
        return found
    }
}

extension YAMLNode {
    /// The node as JSON, scalars by the core schema, members in written order; a refused node is null.
    var json: JSON {
        guard !isRefused else { return .null }
        switch content {
        case .scalar(let scalar): return CoreSchema.value(of: scalar)
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping(let entries):
            return .members(entries.map { JSON.Member($0.key.text ?? "", $0.value.json) })
        }
    }

    /// The value of a key as JSON; nil when it is not written, or null.
    func json(_ key: String) -> JSON? {
        guard let value = value(key)?.json, value != .null else { return nil }
        return value
    }

    /// The text of a key; nil when the value is anything but text.
    func string(_ key: String) -> String? { value(key)?.json.stringValue }

    /// Whether a key is written and true.
    func isTrue(_ key: String) -> Bool { value(key)?.json == .bool(true) }

    /// The elements of a key's list; empty when there is none.
    func list(_ key: String) -> [YAMLNode] { value(key)?.items ?? [] }
}
