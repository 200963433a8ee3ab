// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting
import Testing

/// Repositories of many definitions: the work grows as they do, and not with the square of it.
///
/// Processor time is compared, which other programs on the machine hardly change. Twice as much of what is linear takes
/// twice as long, of what is quadratic four times.
@Suite(.serialized) struct ManyViewsTests {
    private static let most = 2.6

    private func expectLinear(
        _ commands: [[String]], sizes: (Int, Int), _ lay: (Int, TemporaryFolder) throws -> Void
    ) throws {
        var seconds: [[Double]] = []
        for size in [sizes.0, sizes.1] {
            let folder = try TemporaryFolder("many")
            try lay(size, folder)
            seconds.append(
                try commands.map { command in
                    let (outcome, seconds) = try Program.time(command, in: folder)
                    #expect(outcome.status == 0, "\(command): \(outcome.error.prefix(1_000))")
                    return seconds
                })
        }
        for (index, command) in commands.enumerated() {
            let (small, large) = (seconds[0][index], seconds[1][index])
            #expect(
                large <= small * Self.most + 0.3,
                "\(command): \(small) s for \(sizes.0) views and \(large) s for \(sizes.1)")
        }
    }

    @Test func `commands over many views of one source take time in proportion to their number`() throws {
        try expectLinear(
            [
                ["check"], ["plan"], ["apply"], ["plan", "--locked"], ["list"], ["materialize"], ["status"],
                ["get", "some", "k=1"],
            ], sizes: (300, 600)
        ) { count, folder in
            try folder.write("project: many\n", to: "tally.yaml")
            try folder.write(Self.rows, to: "data/rows.csv")
            let views = (0..<count).map { number in
                Self.view(number, entity: "item", source: "rows")
            }
            try folder.write(
                ([Self.entity("item"), Self.source("rows", path: "data/rows.csv")] + views + [Self.service("some", 0)])
                    .joined(separator: "---\n"), to: "definitions/all.yaml")
        }
    }

    @Test func `so do commands over as many sources, entities, contracts and services`() throws {
        try expectLinear(
            [
                ["check"], ["plan"], ["apply"], ["materialize"], ["status"], ["get", "service_0", "k=1"], ["verify"],
            ], sizes: (60, 120)
        ) { count, folder in
            try folder.write("project: many\n", to: "tally.yaml")
            for number in 0..<count {
                try folder.write(Self.rows, to: "data/rows_\(number).csv")
                try folder.write(
                    [
                        Self.entity("item_\(number)"),
                        Self.source("rows_\(number)", path: "data/rows_\(number).csv")
                            + "contract: contracts/rows_\(number).odcs.yaml\n",
                        Self.view(number, entity: "item_\(number)", source: "rows_\(number)"),
                        Self.service("service_\(number)", number),
                    ].joined(separator: "---\n"), to: "definitions/\(number).yaml")
                try folder.write(Self.contract(number), to: "contracts/rows_\(number).odcs.yaml")
            }
        }
    }

    @Test func `mistakes are told in time in proportion to their number, with proposals for the first ones`() throws {
        var seconds: [Double] = []
        for count in [400, 800] {
            let folder = try TemporaryFolder("many")
            try folder.write("project: many\n", to: "tally.yaml")
            try folder.write(Self.rows, to: "data/rows.csv")
            let entities = (0..<count).map { Self.entity("item_number_\($0)") }
            let views = (0..<count).map { Self.view($0, entity: "itme_number_\($0)", source: "rows") }
            try folder.write(
                ([Self.source("rows", path: "data/rows.csv")] + entities + views).joined(separator: "---\n"),
                to: "definitions/all.yaml")
            let (outcome, time) = try Program.time(["check"], in: folder)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("write 'item_number_0'"))
            seconds.append(time)
        }
        #expect(seconds[1] <= seconds[0] * Self.most + 0.3, "\(seconds)")
    }

    @Test func `a line as long as a file is told with what stands around the mistake`() throws {
        let folder = try TemporaryFolder("long")
        try folder.write("project: long\n", to: "tally.yaml")
        let names = (0..<40_000).map { "a\($0): 1" }.joined(separator: ", ")
        try folder.write(
            "kind: Entity\nname: e\njoinKeys: [{name: k, type: int64, \(names)}]\n", to: "definitions/e.yaml")
        let outcome = try Program.run(["check"], in: folder, seconds: 60)
        #expect(outcome.status == 1, "\(outcome.error)")
        #expect(outcome.output.contains("unknown key 'a39999'"))
    }

    @Test func `a door with many tokens is read in time in proportion to their number`() throws {
        var seconds: [Double] = []
        for count in [10_000, 20_000] {
            let folder = try TemporaryFolder("tokens")
            try folder.write("project: tokens\n", to: "tally.yaml")
            let digest = String(repeating: "ab", count: 32)
            let tokens = (0..<count).map { number in
                #"{"name":"t\#(number)","scopes":["read"],"sha256":"\#(digest)","#
                    + #""created":"2026-01-01T00:00:00Z","expires":null}"#
            }
            try folder.write(#"{"version":1,"tokens":[\#(tokens.joined(separator: ","))]}"#, to: ".tally/tokens.json")
            let (outcome, time) = try Program.time(["token", "list"], in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.output.contains("t\(count - 1)"))
            seconds.append(time)
        }
        #expect(seconds[1] <= seconds[0] * Self.most + 0.3, "\(seconds)")
    }

    @Test func `more words than a command can take are refused at once`() throws {
        let folder = try TemporaryFolder("words")
        let outcome = try Program.run(
            ["get", "some"] + (0..<20_000).map { "key\($0)=1" }, in: folder, seconds: 10)
        #expect(outcome.status == 2 && outcome.error.contains("E-misuse"), "\(outcome.status) \(outcome.error)")
    }

    private static let rows = "k,t,a,b\n" + (0..<5).map { "\($0),2026-01-0\($0 + 1)T01:02:03Z,\($0),0.5\n" }.joined()

    private static func entity(_ name: String) -> String {
        "kind: Entity\nname: \(name)\nowner: tests\njoinKeys: [{name: k, type: int64}]\n"
    }

    private static func source(_ name: String, path: String) -> String {
        "kind: Source\nname: \(name)\nowner: tests\npath: \(path)\neventTime: t\n"
    }

    private static func view(_ number: Int, entity: String, source: String) -> String {
        """
        kind: FeatureView
        name: view_\(number)
        owner: tests
        entities: [\(entity)]
        source: \(source)
        features: [{name: a\(number), type: int64, expression: a}, {name: s\(number), type: float64, expression: a + b}]

        """
    }

    private static func service(_ name: String, _ number: Int) -> String {
        "kind: FeatureService\nname: \(name)\nowner: tests\nfeatures: [view_\(number)]\n"
    }

    private static func contract(_ number: Int) -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: rows_\(number)
        version: 1.0.0
        status: active
        schema:
          - name: rows_\(number)
            logicalType: object
            properties:
              - {name: k, logicalType: integer, required: true}
              - {name: t, logicalType: timestamp}

        """
    }
}
