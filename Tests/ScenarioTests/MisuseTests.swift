// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

@testable import TallyCommands

/// A command line that makes no sense ends with 2, in one voice: what is wrong, the nearest name, an example.
@Suite struct MisuseTests {
    @Test func `the longest duration that a registry can hold is printed`() {
        #expect(Numbers.seconds(TimeSpan(microseconds: .max)) == "9223372036854.8 s")
        #expect(Numbers.seconds(TimeSpan(microseconds: 4_249_999)) == "4.2 s")
        #expect(Numbers.seconds(TimeSpan(microseconds: 4_250_000)) == "4.3 s")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let words: [String]
        let message: String
        let help: String
        var testDescription: String { words.joined(separator: " ") }

        init(_ words: String, _ message: String, _ help: String) {
            self.words = words.split(separator: " ").map { String($0).replacing("_", with: " ") }
            self.message = message
            self.help = help
        }
    }

    static let cases = [
        Case("trian", "there is no command 'tally trian'", "did you mean 'tally train'? example: tally train "),
        Case("nonsense --help", "there is no command 'tally nonsense'", "there is init, check, "),
        Case("help nonsense", "there is no command 'tally nonsense'", "example: tally init"),
        Case("help contract lnt", "there is no command 'tally contract lnt'", "did you mean 'tally contract lint'?"),
        Case("contract dif", "there is no command 'tally contract dif'", "did you mean 'tally contract diff'?"),
        Case("lint x", "there is no command 'tally lint'", "did you mean 'tally contract lint'?"),
        Case("mat", "there is no command 'tally mat'", "did you mean 'tally materialize'?"),
        Case("get-online-features", "there is no command", "did you mean 'tally get'? example: tally get "),
        Case("list viws", "there is no kind 'viws'", "did you mean 'views'? example: "),
        Case(
            "list everything", "there is no kind 'everything'",
            "write one of entities, services, sources, transforms, views;"),
        Case("train s --spine x -o y --as-of 1998-06-15", "'1998-06-15' is a day", "write 1998-06-15T00:00:00Z "),
        Case("train s --spine x -o y --as-of 1998-06-15_10:00", "no offset", "write 1998-06-15T10:00:00Z "),
        Case("train s --spine x -o y --as-of 1998-06-15T10:00:05", "no offset", "write 1998-06-15T10:00:05Z "),
        Case("materialize --until soon", "'soon' is not an instant", "such as 2013-12-31T00:00:00Z; example: "),
        Case("get s --at 2024-02-30", "'2024-02-30' is not an instant", "example: tally get "),
        Case("train s --spine x -o y --memory lots", "'lots' is not a number of bytes", "such as 512MB"),
        Case("train s --spine x -o y --known ignor", "'ignor' is no value of --known", "did you mean 'ignore'?"),
        Case("verify --format xml", "'xml' is no value of --format", "write one of table, json, junit, "),
        Case("compare s --sample many", "'many' is no value of --sample", "--sample <sample> How many pairs"),
        Case("compare s --sample 0", "--sample must be between", "example: tally compare "),
        Case("compare s --sede 1", "there is no option '--sede'", "did you mean '--seed'? example: "),
        Case("compare s --zzzzzz 1", "there is no option '--zzzzzz'", "example: tally compare "),
        Case("compare", "<service> is missing", "<service> The feature service; example: "),
        Case("compare s more", "'more' is one argument too many", "example: tally compare "),
        Case("compare s more words", "'more', 'words' are arguments too many", "example: tally compare "),
        Case("compare s --seed", "--seed has no value", "Equal seeds draw equal pairs; example: "),
        Case("get s customer_id", "'customer id' is not a name with a value", "write name=value"),
        Case("verify --passes", "--passes goes with --format sarif only", "example: tally verify "),
        Case("verify --data x.csv", "--data needs --contract", "example: tally verify "),
    ]

    @Test(arguments: cases)
    func `misuse is told with what to write instead`(_ one: Case) throws {
        let folder = try TemporaryFolder("misuse")
        let outcome = try Program.run(one.words, in: folder)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        let lines = outcome.error.split(separator: "\n").map(String.init)
        #expect(lines.count == 2, "\(outcome.error)")
        #expect(
            lines.first?.hasPrefix("error[E-misuse]: ") == true && lines.first?.contains(one.message) == true,
            "\(lines)")
        #expect(lines.last?.hasPrefix("help: ") == true && lines.last?.contains(one.help) == true, "\(lines)")
        guard !one.words.contains("--format"), one.words.first != "lint", one.words.last != "--seed" else { return }
        let told = try Program.run(one.words + ["--format=json"], in: folder)
        let error = try JSON(parsing: told.error)["error"]
        #expect(told.status == 2 && error?["code"]?.stringValue == "E-misuse" && error?["exit"]?.intValue == 2)
        #expect(error?["message"]?.stringValue?.contains(one.message) == true, "\(told.error)")
    }

    @Test func `every command has an example of itself`() throws {
        var open = [CommandPath](arrayLiteral: try CommandPath([String]()))
        var seen = 0
        while let path = open.popLast() {
            seen += 1
            open += path.below
            let isGroup = !path.below.isEmpty
            #expect(path.example.hasPrefix(isGroup ? "tally " : path.name), "\(path.name): \(path.example)")
        }
        #expect(seen > 20)
    }

    /// Steps that texts name: all of them, with all options that any of them has.
    private static let steps: [NextStep] = [
        .initialize, .check, .plan(shadow: true), .apply,
        .materialize(
            ["view"], full: true, until: Timestamp(microseconds: 0), acceptFuture: true, acceptClock: true), .get,
        .list(.views), .verify, .doctor, .contractImport, .contractDiff(shadow: "DATA"), .quarantineList,
        .quarantineShow("table"), .quarantineDiscard, .quarantineReplay("table"),
        .tokenCreate(name: "NAME", scope: "read"), .tokenList, .tokenRevoke("NAME"),
        .serve(knownHost: "NAME", selfSigned: true),
    ]

    @Test func `every step that a text names is a command, with options that it has`() throws {
        let folder = try TemporaryFolder("misuse")
        for step in Self.steps {
            let words = step.spelled(for: .commandLine).split(separator: " ").map(String.init)
            let path = try CommandPath(words.dropFirst())
            #expect(words.starts(with: path.name.split(separator: " ").map(String.init)) && path.below.isEmpty)
            let options = words.filter { $0.hasPrefix("--") }
            guard !options.isEmpty else { continue }
            let help = try Program.run(words.prefix { !$0.hasPrefix("-") }.dropFirst() + ["--help"], in: folder).output
            for option in options { #expect(help.contains(option), "\(step)") }
        }
    }

    @Test func `help is no error`() throws {
        let folder = try TemporaryFolder("misuse")
        for words in [
            [], ["--help"], ["help"], ["help", "train"], ["train", "--help"], ["help", "contract", "lint"],
            ["contract"], ["contract", "-h"], ["--version"],
        ] as [[String]] {
            let outcome = try Program.run(words, in: folder)
            #expect(outcome.status == 0 && outcome.error.isEmpty && !outcome.output.isEmpty, "\(words): \(outcome)")
        }
        #expect(try Program.run(["help", "contract", "lint"], in: folder).output.contains("tally contract lint"))
    }

    @Test func `likely spellings are understood`() throws {
        let folder = try TemporaryFolder("misuse")
        for words in [["init"], ["apply"], ["materialize"]] { #expect(try Program.run(words, in: folder).status == 0) }
        let at = "2026-01-01T12:00:00Z"
        let short = try Program.run(["get", "purchase", "customer_id=1", "--at", at], in: folder)
        let long = try Program.run(["get", "purchase", "--key", "customer_id=1", "--at", at], in: folder)
        #expect(short.status == 0 && short.output == long.output, "\(short.error)")
        let near = try Program.run(["get", "purchase", "custmer_id=1"], in: folder)
        #expect(near.status == 2 && near.error.contains("did you mean 'customer_id'?"), "\(near.error)")
        let twice = try Program.run(["get", "purchase", "customer_id=1", "--key", "customer_id=1"], in: folder)
        #expect(twice.status == 2 && twice.error.contains("customer_id is given more than once"), "\(twice.error)")
        for kind in ["views", "view", "View", "feature-views", "featureview"] {
            let listed = try Program.run(["list", kind], in: folder).output.split(separator: "\n")
            #expect(listed.count == 2 && listed.last?.hasPrefix("view  basket") == true, "\(listed)")
        }
        #expect(try Program.run(["list", "sources"], in: folder).output.contains("baskets"))
        #expect(try !Program.run(["list", "entities"], in: folder).output.contains("baskets"))
    }

    @Test func `a folder is linted by its contracts`() throws {
        let folder = try TemporaryFolder("misuse")
        #expect(try Program.run(["init"], in: folder).status == 0)
        let contract = try Program.run(["contract", "export", "basket"], in: folder).output
        #expect(try Program.run(["contract", "lint", "contracts"], in: folder).error.contains("there is no such file"))
        try folder.write("", to: "contracts/notes.yaml")
        let none = try Program.run(["contract", "lint", "contracts"], in: folder)
        #expect(
            none.status == 2 && none.error.contains("contracts: there is no contract in the folder"), "\(none.error)")
        try folder.write(contract, to: "contracts/a.odcs.yaml")
        try folder.write(contract.replacing("version: ", with: "versoin: "), to: "contracts/more/b.odcs.yml")
        try folder.write("nonsense", to: "contracts/.hidden/c.odcs.yaml")
        let linted = try Program.run(["contract", "lint", "contracts/", "--format", "junit"], in: folder)
        #expect(linted.status == 1)
        #expect(linted.output.contains("name=\"contracts/a.odcs.yaml\""), "\(linted.output)")
        #expect(linted.output.contains("name=\"contracts/more/b.odcs.yml\""))
        #expect(!linted.output.contains("hidden"))
    }

    @Test func `what cannot be read ends with 4, and needs no repository`() throws {
        let folder = try TemporaryFolder("misuse")
        try folder.write("x\n1\n", to: "d.csv")
        try folder.write("", to: "folder.yaml/inside")
        let missing = "missing.csv"
        for words in [
            ["contract", "diff", "folder.yaml", "folder.yaml"], ["contract", "export", "folder.yaml"],
            ["verify", "--contract", "folder.yaml", "--data", "d.csv"], ["diff", "d.csv", missing],
        ] {
            let outcome = try Program.run(words, in: folder)
            #expect(outcome.status == 4 && outcome.error.contains("error[E-unreadable]"), "\(words): \(outcome.error)")
        }
        try folder.write("garbage", to: "no.parquet")
        for words in [["contract", "import", "no.parquet"], ["diff", "no.parquet", "no.parquet"]] {
            let outcome = try Program.run(words, in: folder)
            #expect(outcome.status == 4 && outcome.error.contains("is no Parquet file"), "\(words): \(outcome.error)")
        }
        let same = try Program.run(["diff", "d.csv", "d.csv"], in: folder)
        #expect(same.status == 0 && same.output == "1 rows, 1 columns: identical\n", "\(same.error)")
        try folder.write("project: p\n", to: "tally.yaml")
        try folder.write("", to: "contracts/x.odcs.yaml/inside")
        try folder.write("kind: Entity\nname: e\n", to: "definitions/d.yaml")
        #expect(try Program.run(["list"], in: folder).status != 4)
    }
}
