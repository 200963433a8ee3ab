// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension JSON {
    /// The canonical form of RFC 8785: members sorted by UTF-16 code units, no white space, numbers as ECMAScript does.
    public var canonicalText: String {
        var text = ""
        write(to: &text, indent: nil, depth: 0, isCanonical: true)
        return text
    }

    /// One line without white space, members in their order.
    public var compactText: String {
        var text = ""
        write(to: &text, indent: nil, depth: 0, isCanonical: false)
        return text
    }

    /// Indented by two spaces, one member or element a line, ending in a line break.
    public var prettyText: String {
        var text = ""
        write(to: &text, indent: 2, depth: 0, isCanonical: false)
        return text + "\n"
    }

    private func write(to text: inout String, indent: Int?, depth: Int, isCanonical: Bool) {
        switch self {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .double(let number): text += Self.ecmaScriptText(number)
        case .string(let string): Self.write(string, to: &text)
        case .array(let elements):
            Self.writeList(elements, between: ("[", "]"), to: &text, indent: indent, depth: depth) { element, text in
                element.write(to: &text, indent: indent, depth: depth + 1, isCanonical: isCanonical)
            }
        case .members(let members):
            let ordered =
                isCanonical
                ? members.sorted { Array($0.name.utf16).lexicographicallyPrecedes(Array($1.name.utf16)) } : members
            Self.writeList(ordered, between: ("{", "}"), to: &text, indent: indent, depth: depth) { member, text in
                Self.write(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent, depth: depth + 1, isCanonical: isCanonical)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], between ends: (String, String), to text: inout String, indent: Int?, depth: Int,
        _ writeElement: (Element, inout String) -> Void
    ) {
        text += ends.0
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if let indent { text += "\n" + String(repeating: " ", count: indent * (depth + 1)) }
            writeElement(element, &text)
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent * depth) }
        text += ends.1
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        // Most texts need no escape, and are copied whole: this is much of what a small answer costs.
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            text += string
            text += "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{9}": text += "\\t"
            case "\u{A}": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\u{D}": text += "\\r"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// A number as ECMAScript's `Number::toString` prints it; NaN and infinity, which JSON lacks, become `null`.
    ///
    /// Source: ECMA-262, section 6.1.6.1.20; the shortest digits come from Swift's own description.
    static func ecmaScriptText(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        guard number != 0 else { return "0" }
        let parts = abs(number).description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        var digits = String(mantissa[0]) + fraction
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let zeros = digits.prefix { $0 == "0" }.count
        digits = String(digits.dropFirst(zeros))
        point -= zeros
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (number < 0 ? "-" : "") + place(digits, point: point)
    }

    private static func place(_ digits: String, point: Int) -> String {
        if digits.count <= point, point <= 21 {
            return digits + String(repeating: "0", count: point - digits.count)
        }
        if point > 0, point <= 21 { return digits.prefix(point) + "." + digits.dropFirst(point) }
        if point > -6, point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        let exponent = point - 1
        let tail = digits.dropFirst()
        return digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + (exponent < 0 ? "-" : "+")
            + String(abs(exponent))
    }
}
