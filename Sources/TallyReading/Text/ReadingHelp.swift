// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Advice on what to declare so that texts can be read, as far as the texts show it.
enum ReadingHelp {
    /// Words that tools write for a missing value.
    private static let missing: Set<String> = [
        "na", "n/a", "#n/a", "nan", "null", "none", "nil", "\\n", "-", "--", "?", ".", "missing", "unknown", "",
        "(null)", "<na>", "#null!", "#value!",
    ]

    /// One help for each kind of text that failed, the most frequent first.
    static func of(_ column: String?, _ group: ReadingFailures.Group) -> [String] {
        var helps: [String] = []
        var tokens: [(text: String, count: Int)] = []
        var blanks = 0
        var commas = 0
        var slashes = 0
        var digits = 0
        for (bytes, count) in group.texts {
            let text = String(decoding: bytes, as: UTF8.self)
            if missing.contains(text.lowercased()) {
                tokens.append((text, count))
            } else if text.utf8.first == UInt8(ascii: " ") || text.utf8.last == UInt8(ascii: " ") {
                blanks += count
            } else if isComma(bytes) {
                commas += count
            } else if isSlashed(bytes) {
                slashes += count
            } else if bytes.count >= 8, bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) {
                digits += count
            }
        }
        guard let column else { return [] }
        for token in tokens.sorted(by: { ($1.count, $0.text) < ($0.count, $1.text) }) {
            let times = token.count == 1 ? "once" : "\(token.count) times"
            helps.append(
                "'\(token.text)' stands \(times) in \(column): if it means no value, declare nulls: [\(quoted(token.text))]"
            )
        }
        if blanks > 0 { helps.append("values of \(column) have blanks around them: declare trim: true") }
        if commas > 0, isTimeless(group) {
            helps.append("if the comma in \(column) is a decimal mark, declare decimal: \",\"")
        }
        // Where a pattern was declared, the message names it.
        let isDeclared = group.first.contains { $0.problem.contains(" of the form ") }
        if slashes > 0, !isDeclared {
            helps.append(
                "day and month of \(column) are not guessed: declare a format, such as dd/MM/yyyy or MM/dd/yyyy, for the "
                    + "column or as timeFormat")
        }
        if digits > 0, !isDeclared, !isTimeless(group) {
            helps.append(
                "digits alone do not tell a time: declare a format for \(column), such as yyyyMMdd or epoch_seconds")
        }
        return helps
    }

    private static func isTimeless(_ group: ReadingFailures.Group) -> Bool {
        !group.first.contains { $0.problem.contains("timestamp") || $0.problem.contains("date") }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        // YAML reads these words as null where they are not quoted.
        if isPlain, !["null", "~"].contains(text.lowercased()) { return text }
        return "'\(text)'"
    }

    private static func isComma(_ text: [UInt8]) -> Bool {
        text.count { $0 == UInt8(ascii: ",") } == 1
            && text.allSatisfy { (0x30...0x39).contains($0) || [0x2C, 0x2D, 0x2B].contains($0) }
    }

    private static func isSlashed(_ text: [UInt8]) -> Bool {
        let parts = text.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        return parts.count >= 3
            && parts.prefix(2).allSatisfy { $0.count <= 4 && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
