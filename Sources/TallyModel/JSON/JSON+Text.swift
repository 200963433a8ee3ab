// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension JSON {
    /// The canonical form of RFC 8785: members sorted by UTF-16 code units, no white space, numbers as ECMAScript does.
    public var canonicalText: String { text(indent: nil, isCanonical: true) }

    /// One line without white space, members in their order.
    public var compactText: String { text(indent: nil, isCanonical: false) }

    /// The bytes of `compactText`.
    public var compactBytes: [UInt8] {
        var text = JSONText()
        write(to: &text, indent: nil, depth: 0, isCanonical: false)
        return text.bytes
    }

    /// Indented by two spaces, one member or element a line, ending in a line break.
    public var prettyText: String { text(indent: 2, isCanonical: false) + "\n" }

    private func text(indent: Int?, isCanonical: Bool) -> String {
        var text = JSONText()
        write(to: &text, indent: indent, depth: 0, isCanonical: isCanonical)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func write(to text: inout JSONText, indent: Int?, depth: Int, isCanonical: Bool) {
        switch self {
        case .null: text.raw("null")
        case .bool(let flag): text.bool(flag)
        case .int(let number): text.integer(number)
        case .double(let number): text.number(number)
        case .string(let string): text.string(string)
        case .array(let elements):
            Self.writeList(elements, between: ("[", "]"), to: &text, indent: indent, depth: depth) { element, text in
                element.write(to: &text, indent: indent, depth: depth + 1, isCanonical: isCanonical)
            }
        case .members(let members):
            let ordered =
                isCanonical
                ? members.sorted { Array($0.name.utf16).lexicographicallyPrecedes(Array($1.name.utf16)) } : members
            Self.writeList(ordered, between: ("{", "}"), to: &text, indent: indent, depth: depth) { member, text in
                text.string(member.name)
                text.raw(indent == nil ? ":" : ": ")
                member.value.write(to: &text, indent: indent, depth: depth + 1, isCanonical: isCanonical)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], between ends: (String, String), to text: inout JSONText, indent: Int?, depth: Int,
        _ writeElement: (Element, inout JSONText) -> Void
    ) {
        text.raw(ends.0)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.raw(",") }
            if let indent { text.raw("\n" + String(repeating: " ", count: indent * (depth + 1))) }
            writeElement(element, &text)
        }
        if let indent, !elements.isEmpty { text.raw("\n" + String(repeating: " ", count: indent * depth)) }
        text.raw(ends.1)
    }
}
