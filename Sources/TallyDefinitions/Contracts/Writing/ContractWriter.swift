// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Writes contracts as YAML that people read and every parser understands alike.
public enum ContractWriter {
    /// The document in block style, members in their order; ends in a line feed.
    ///
    /// Text that YAML 1.1 or 1.2 would take for something else stands in quotes: `yes`, `on`, dates, numbers, `1:30`. Text of
    /// several lines stands in a literal block. A number with a fraction keeps its point (`4.0`), so that reading gives the
    /// document back exactly; only a byte order mark at the start of a text is lost, by the parser.
    public static func yaml(_ document: JSON) -> String {
        lines(document).map { $0 + "\n" }.joined()
    }

    /// A value as lines without indentation.
    private static func lines(_ value: JSON) -> [String] {
        switch value {
        case .null: return ["null"]
        case .bool(let flag): return [flag ? "true" : "false"]
        case .int(let number): return [String(number)]
        case .double(let number): return [text(of: number)]
        case .string(let text): return block(text) ?? [scalar(text)]
        case .array(let elements):
            guard !elements.isEmpty else { return ["[]"] }
            return elements.flatMap { element in indented(lines(element), first: "- ") }
        case .members(let members):
            guard !members.isEmpty else { return ["{}"] }
            return members.flatMap { member in lines(member) }
        }
    }

    private static func lines(_ member: JSON.Member) -> [String] {
        let key = scalar(member.name) + ":"
        let value = lines(member.value)
        switch member.value {
        case .array(let elements) where !elements.isEmpty: return [key] + indented(value, first: "  ")
        case .members(let members) where !members.isEmpty: return [key] + indented(value, first: "  ")
        case .null, .bool, .int, .double, .string, .array, .members:
            return [key + " " + value[0]] + value.dropFirst().map { $0.isEmpty ? "" : "  " + $0 }
        }
    }

    /// Lines behind a mark of two columns; blank lines stay blank.
    private static func indented(_ lines: [String], first: String) -> [String] {
        lines.enumerated().map { index, line in index == 0 ? first + line : line.isEmpty ? "" : "  " + line }
    }

    /// A number that is read back as one with a fraction, by YAML 1.1 too: that asks for a point and a sign.
    private static func text(of number: Double) -> String {
        let parts = number.description.split(separator: "e")
        let mantissa = parts[0].contains(".") ? String(parts[0]) : parts[0] + ".0"
        guard parts.count > 1 else { return mantissa }
        return mantissa + "e" + (parts[1].hasPrefix("-") || parts[1].hasPrefix("+") ? "" : "+") + parts[1]
    }
}

extension ContractWriter {
    /// A text of several lines as a literal block; nil when it has one line, or something a block does not keep.
    private static func block(_ text: String) -> [String]? {
        let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count > 1 || text.hasSuffix("\n"), let first = lines.first, let last = lines.last,
            !last.isEmpty, let head = first.unicodeScalars.first, head != " ", head != "\t",
            lines.allSatisfy({ $0.isEmpty || !$0.trimmed.isEmpty }),
            lines.allSatisfy({ $0.unicodeScalars.allSatisfy { isPlain($0) || $0 == "\t" } })
        else { return nil }
        return [text.hasSuffix("\n") ? "|" : "|-"] + lines
    }

    /// A text in one line, in quotes where it needs them.
    private static func scalar(_ text: String) -> String {
        needsQuotes(text) ? quoted(text) : text
    }

    private static func needsQuotes(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.trimmed == text, text.unicodeScalars.allSatisfy(isPlain),
            CoreSchema.value(ofPlain: text) == .string(text)
        else { return true }
        // Signs that mean something at the start of a value, and what YAML 1.1 reads as truth, merge or null.
        if "-?:,[]{}#&*!|>'\"%@`=<~".unicodeScalars.contains(first) { return true }
        if text.contains(": ") || text.hasSuffix(":") || text.contains(" #") || text.hasPrefix("...") { return true }
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", "+.inf", ".nan"]
        if words.contains(text.lowercased()) { return true }
        // Numbers, dates and times of YAML 1.1: digits with signs, points, colons, underscores and letters of bases.
        let isStart = ("0"..."9").contains(first) || first == "+" || first == "."
        return isStart
            && text.unicodeScalars.allSatisfy { "0123456789_+-.:abcdefABCDEFxXoOtTzZ ".unicodeScalars.contains($0) }
    }

    /// Whether a scalar may be in a file without quotes.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        TextCheck.isAllowed(scalar) && scalar != "\t" && !SourceText.isBreak(scalar)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if isPlain(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    let width = scalar.value > 0xFFFF ? 8 : 4
                    result +=
                        (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}
