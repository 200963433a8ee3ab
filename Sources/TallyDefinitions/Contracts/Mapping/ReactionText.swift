// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The notation of a reaction in contracts and definitions: an action, or an action and a share.
enum ReactionText {
    /// The fault in a reaction, with its node.
    enum Problem {
        case shape(YAMLNode)
        case action(YAMLNode, String)
        case share(YAMLNode)
        case key(YAMLNode, String)
    }

    /// The names of the actions.
    static let actions = Reaction.Action.allCases.map(\.rawValue)

    /// Reads it; nil with a problem.
    static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> Reaction? {
        switch node.content {
        case .scalar: return action(node, &problems).map { Reaction($0) }
        case .sequence:
            problems.append(.shape(node))
            return nil
        case .mapping(let entries):
            for entry in entries where !["action", "upTo"].contains(entry.key.text ?? "") {
                problems.append(.key(entry.key, entry.key.text ?? ""))
            }
            guard let actionNode = node.value("action") else {
                problems.append(.shape(node))
                return nil
            }
            let action = action(actionNode, &problems)
            guard let shareNode = node.value("upTo") else { return action.map { Reaction($0) } }
            guard let share = share(shareNode.json) else {
                problems.append(.share(shareNode))
                return nil
            }
            return action.map { Reaction($0, upTo: share) }
        }
    }

    private static func action(_ node: YAMLNode, _ problems: inout [Problem]) -> Reaction.Action? {
        guard let text = node.json.stringValue else {
            problems.append(.shape(node))
            return nil
        }
        // The name that contracts of other hands use.
        if text == "default" { return .serveDefault }
        if let action = Reaction.Action(rawValue: text) { return action }
        problems.append(.action(node, text))
        return nil
    }

    /// A share from 0 to 1: `1%`, or a number; nil for anything else.
    static func share(_ value: JSON) -> Double? {
        let share: Double?
        if let text = value.stringValue, text.hasSuffix("%") {
            // By the decimal point: a hundredth of the float 0.7 is not the float 0.007.
            share = DurationText.number(.string(String(text.dropLast()).trimmed))
                .flatMap { DecimalNumber(shortest: $0).flatMap { Double($0.timesTen(toThe: -2).description) } }
        } else {
            share = DurationText.number(value)
        }
        return share.flatMap { (0...1).contains($0) ? $0 : nil }
    }
}

extension Promise.Severity {
    /// Returns the severity that a word of a contract stands for; nil for an unknown word.
    init?(contractWord word: String) {
        switch word.lowercased() {
        case "error", "critical", "high", "blocker", "fatal": self = .error
        case "warning", "warn", "medium": self = .warning
        case "info", "information", "informational", "low", "minor", "trivial": self = .info
        default: return nil
        }
    }
}
