// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel

/// A command by its words, such as `tally contract lint`, found before its options are read.
struct CommandPath {
    /// From `tally` down to the command.
    private(set) var types: [any ParsableCommand.Type] = [Tally.self]

    /// The command itself.
    var command: any ParsableCommand.Type { types.last ?? Tally.self }

    /// The words that call it.
    var name: String { types.map(Self.word).joined(separator: " ") }

    /// The command's first example, as it would be typed; a group of commands has that of its first.
    var example: String { Self.example(of: command) }

    /// The commands of a group, each with its path; none of a command.
    var below: [CommandPath] {
        command.configuration.subcommands.map { next in
            var path = self
            path.types.append(next)
            return path
        }
    }

    /// Follows words as far as they name commands; `E-misuse` for one that names none.
    init(_ words: some Sequence<String>) throws(TallyError) {
        for word in words {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-") else { return }
            guard let next = known.first(where: { Self.word($0) == word }) else {
                throw TallyError(.misuse, "there is no command '\(name) \(word)'", help: help(for: word))
            }
            types.append(next)
        }
    }

    private func help(for word: String) -> Advice {
        let known = command.configuration.subcommands
        var proposal = Self.nearest(word, known).map { "\(name) \($0)" }
        if types.count == 1 {
            // `tally lint` means `tally contract lint`, although `list` is near.
            let below = known.filter { group in
                group.configuration.subcommands.contains { Self.word($0) == word.lowercased() }
            }
            proposal =
                Self.otherNames[word.lowercased()].map { "tally \($0)" }
                ?? below.first.map { "tally \(Self.word($0)) \(word.lowercased())" } ?? proposal
        }
        guard let proposal, let path = try? CommandPath(proposal.split(separator: " ").dropFirst().map(String.init))
        else {
            return "there is \(known.map(Self.word).joined(separator: ", ")); example: \(example)"
        }
        return "did you mean '\(proposal)'? example: \(path.example)"
    }

    /// The command whose name is like the word, or the only one that begins with it.
    private static func nearest(_ word: String, _ known: [any ParsableCommand.Type]) -> String? {
        let names = known.map(Self.word)
        if names.contains(word.lowercased()) { return word.lowercased() }
        let begun = names.filter { $0.hasPrefix(word.lowercased()) }
        return nearestName(to: word, among: names) ?? (word.count > 1 && begun.count == 1 ? begun.first : nil)
    }

    /// The names of commands in other tools of the field.
    private static let otherNames = [
        "get-online-features": "get", "get-historical-features": "train", "materialize-incremental": "materialize",
        "ls": "list", "describe": "show", "validate": "check", "test": "verify", "join": "train",
        "backfill": "materialize",
    ]

    private static func word(_ type: any ParsableCommand.Type) -> String { type.configuration.commandName ?? "tally" }

    /// The first line behind `Example:`, `Example, in CI:` or `Examples:`.
    private static func example(of type: any ParsableCommand.Type) -> String {
        let lines = type.configuration.discussion.split(separator: "\n").map { $0.drop { $0 == " " } }
        for (index, line) in lines.enumerated() where line.hasPrefix("Example") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let rest = line[line.index(after: colon)...].drop { $0 == " " }
            if !rest.isEmpty { return String(rest) }
            if lines.indices.contains(index + 1) { return String(lines[index + 1]) }
        }
        return type.configuration.subcommands.first.map(example) ?? "tally init --example flights"
    }
}
