// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel

/// The command line parser's errors in the words of all other errors: the fault, the nearest name, an example.
///
/// The parser keeps its errors to itself and gives their text; its version is pinned, and tests hold each of these texts.
enum Misuse {
    /// The error for a command line that the parser refused.
    static func error(_ refusal: any Error, at path: CommandPath) -> TallyError {
        let text = Tally.message(for: refusal)
        let (message, help) = words(of: text, option: optionHelp(Tally.fullMessage(for: refusal)))
        let lead = help.map { $0 + ($0.hasSuffix("?") ? " " : "; ") } ?? ""
        return TallyError(.misuse, message, subject: path.name, help: "\(lead)example: \(path.example)")
    }

    private static func words(of text: String, option: String?) -> (message: String, help: String?) {
        let quoted = quotes(in: text)
        let first = quoted.first ?? ""
        if text.hasPrefix("Unknown option") {
            let near = quoted.count > 1 ? quoted[1] : nil
            let isNear = near.map { nearestName(to: first, among: [$0]) != nil || $0.hasPrefix(first) } ?? false
            return ("there is no option '\(first)'", isNear ? near.map { "did you mean '\($0)'?" } : nil)
        }
        if text.hasPrefix("Unexpected argument") { return ("'\(first)' is one argument too many", nil) }
        if text.contains(" unexpected arguments: ") {
            return ("\(quoted.map { "'\($0)'" }.joined(separator: ", ")) are arguments too many", nil)
        }
        if text.hasPrefix("Missing expected argument") { return ("\(first) is missing", option) }
        if text.hasPrefix("Missing value for") {
            return ("\(first.split(separator: " ").first ?? "the option") has no value", option)
        }
        if text.hasPrefix("The value "), let end = text.firstRange(of: "' is invalid for '") {
            return value(text, behind: end.upperBound, option: option)
        }
        return (text.prefix(1).lowercased() + String(text.dropFirst()).trimmedEnd, nil)
    }

    /// Rewords `The value 'x' is invalid for '--option <option>'`, with our own explanation or the allowed values.
    private static func value(
        _ text: String, behind index: String.Index, option: String?
    ) -> (message: String, help: String?) {
        let given = String(text[..<index].dropFirst("The value '".count).dropLast("' is invalid for '".count))
        let name = text[index...].prefix { $0 != " " && $0 != "'" }
        if text.contains(BadValue.separator), let start = text[index...].firstRange(of: "': ") {
            let parts = text[start.upperBound...].split(separator: BadValue.separator, maxSplits: 1).map(String.init)
            return ("\(name): \(parts.first ?? "")", parts.count > 1 ? parts[1] : nil)
        }
        let message = "'\(given)' is no value of \(name)"
        guard let start = text[index...].firstRange(of: "Please provide one of ") else { return (message, option) }
        let list = String(text[start.upperBound...])
        let lines = list.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("- ") }
        let allowed = lines.isEmpty ? quotes(in: list) : lines.map { String($0.dropFirst(2)) }
        if let near = nearestName(to: given, among: allowed) { return (message, "did you mean '\(near)'?") }
        return (message, "write one of \(allowed.joined(separator: ", "))")
    }

    /// Returns the texts between single quotes.
    private static func quotes(in text: String) -> [String] {
        let parts = text.parts(by: "'", keepingEmpty: true)
        return parts.indices.filter { $0 % 2 == 1 && $0 < parts.count - 1 }.map { parts[$0] }
    }

    /// The parser's line on the option that is wrong: `--at <at>  The instant to answer for …`.
    private static func optionHelp(_ full: String) -> String? {
        let lines = full.split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("Help:") }) else { return nil }
        let words = line.dropFirst("Help:".count).split(separator: " ").joined(separator: " ")
        return String(words.trimmedEnd)
    }
}

extension StringProtocol {
    /// Without white space and a full stop at the end.
    fileprivate var trimmedEnd: String {
        var text = String(self)
        while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
        return text
    }
}
