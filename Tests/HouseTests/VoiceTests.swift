// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Testing

/// Only doors know the commands: any other room names a step, and each door spells it in its own words.
@Suite struct VoiceTests {
    private static let door = "Sources/TallyCommands/"

    /// The names of commands, read from the door that has them.
    private static let verbs: Set<Substring> = {
        let named = #/commandName: "([a-z]+)"/#
        let files = SourceTree.rooms.filter { $0.path.hasPrefix(door) && $0.text.contains("commandName: ") }
        return Set(files.flatMap { $0.text.matches(of: named).map(\.output.1) }).subtracting(["tally"])
    }()

    /// The lines of Swift that name a command, comments left out.
    private static func commands(in text: String) -> [Int] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.filter { number in
            guard lines[number].contains("tally "), !lines[number].drop(while: { $0 == " " }).hasPrefix("//") else {
                return false
            }
            return lines[number].matches(of: #/\btally ([a-z]+)\b/#).contains { verbs.contains($0.output.1) }
        }.map { $0 + 1 }
    }

    @Test func `no room but the command line's names a command`() {
        for file in SourceTree.rooms where !file.path.hasPrefix(Self.door) {
            for line in Self.commands(in: file.text) {
                Issue.record("\(file.path):\(line): write the step, as in \"run `\\(.apply)`\"")
            }
        }
    }

    @Test(arguments: [
        #"help: "run `tally materialize \(view) --full`")"#, #"    "run tally apply.""#,
        #"help: "or run 'tally init'""#,
        #""`tally contract import` writes one, and `tally gc` removes it""#, #"error: "tally quarantine", at: x"#,
    ])
    func `a planted command is found`(_ line: String) {
        #expect(Self.commands(in: "first\n" + line + "\n") == [2])
    }

    @Test(arguments: [
        "    /// What `tally check` shows.", "// tally doctor names it",
        #"help: "use the version of tally that wrote it""#,
        #"help: "run `\(.apply)`""#, #"subject: ".tally is writable""#,
    ])
    func `words that name no command pass`(_ line: String) {
        #expect(Self.commands(in: line).isEmpty)
    }

    @Test func `the commands are known by name`() {
        #expect(Self.verbs.count > 20 && Self.verbs.isSuperset(of: ["init", "apply", "gc", "revoke"]))
    }
}
