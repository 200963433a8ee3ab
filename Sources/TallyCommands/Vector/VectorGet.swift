// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally get`: one feature vector, every value with its status, event time and age.
struct VectorGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show one feature vector as it is served: values, statuses, event times, release, receipt.",
        discussion: """
            A name says whether it is a join key or a request input; where one name is both, --key and --request do.

            Example: tally get arrival_delay origin=JFK tailnum=N14228 dest=IAH course=250.5 distance=1417
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The feature service.")
    var service: String

    @Argument(help: "Join keys and request inputs as name=value.", transform: Assignment.read)
    var values: [Assignment] = []

    @Option(help: "A join key as name=value; once for each key.", transform: Assignment.read)
    var key: [Assignment] = []

    @Option(help: "A request input as name=value; once for each input.", transform: Assignment.read)
    var request: [Assignment] = []

    @Option(help: "The instant to answer for (RFC 3339 with an offset); now when left out.", transform: Instant.read)
    var at: Instant?

    func run() async throws {
        let served = try await global.store().vectors(of: service)
        let layout = served.layout
        let given = try Assignment.parted(values, keys: (key, layout.keys), inputs: (request, layout.inputs))
        let vectors = try await served.read(
            VectorRequest(
                keys: try Assignment.row(given.keys, for: layout.keys, of: "key"),
                inputs: try Assignment.row(given.inputs, for: layout.inputs, of: "request"), at: at?.time))
        let receipt = Receipt(of: vectors)
        Output.render(global.format, table: Self.text(vectors, receipt), json: Self.json(vectors, receipt))
    }

    private static func text(_ vectors: FeatureVectors, _ receipt: Receipt) -> String {
        var table = TextTable(headings: ["feature", "value", "status", "event time", "age", "from"])
        for (index, column) in vectors.columns.enumerated() {
            let happened = vectors.eventTime(index, 0)
            table.rows.append(
                [
                    column.name, vectors.value(index, 0).text, vectors.status(index, 0).name,
                    happened?.description ?? "-", happened.map { age($0, vectors.time) } ?? "-",
                    column.view ?? "on demand",
                ])
        }
        var lines = table.lines + [""]
        if let release = vectors.release {
            lines.append("release  \(release.service) \(release.number) (\(release.fingerprint.short))")
        }
        lines.append("instant  \(vectors.time)")
        lines += vectors.positions.map { "read     \($0.view): \(place($0.place))" }
        lines.append("receipt  \(receipt.digest)")
        return Output.text(lines)
    }

    private static func place(_ place: ReadPosition.Place) -> String {
        switch place {
        case .online(let generation, let until): "generation \(generation), filled up to \(until)"
        case .offline(let snapshot): "the source's files, snapshot \(snapshot.short)"
        case .nowhere: "nothing, it was never filled"
        }
    }

    private static func age(_ happened: Timestamp, _ now: Timestamp) -> String {
        let (age, overflow) = now.microseconds.subtractingReportingOverflow(happened.microseconds)
        return overflow || age < 0 ? "-" : TimeSpan(microseconds: age).rounded
    }

    private static func json(_ vectors: FeatureVectors, _ receipt: Receipt) -> JSON {
        let features = vectors.columns.enumerated().map { index, column in
            JSON.object([
                ("name", .string(column.name)), ("view", .optional(column.view)), ("type", .string(column.type.name)),
                ("value", vectors.value(index, 0).json), ("status", .string(vectors.status(index, 0).name)),
                ("eventTime", .optional(vectors.eventTime(index, 0)?.description)),
            ])
        }
        return .object([("features", .array(features)), ("receipt", receipt.json)])
    }
}
