// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel

/// `tally leaks`: which columns of any training set know the future.
struct TrainingSetLeaks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leaks",
        abstract:
            "Say which columns of any training set know the future; exit 1 when one does, 3 when one is unproven.",
        discussion: "Example: tally leaks train.parquet --source weather=weather.parquet --on origin --time departs")

    @Option(name: .long, help: "How to print: table or json.")
    var format: OutputFormat = .table

    @Argument(help: "The training set, however it was made: a Parquet or CSV file.")
    var training: String

    @Option(help: "A table that columns came from, as NAME=FILE; repeat it for more.", transform: Assignment.read)
    var source: [Assignment] = []

    @Option(
        help: "A key, as COLUMN, or COLUMN=ITS_COLUMN where the source calls it otherwise; NAME:COLUMN for one source.")
    var on: [String] = []

    @Option(help: "The training set's time column, and that of sources that have it.")
    var time = "event_timestamp"

    @Option(help: "The event time of a source, as NAME=COLUMN.", transform: Assignment.read)
    var eventTime: [Assignment] = []

    @Option(help: "A source whose rows have no time.")
    var timeless: [String] = []

    @Option(
        help: "When rows of a source are known, as NAME=COLUMN, or NAME=20m after the event.",
        transform: Assignment.read)
    var known: [Assignment] = []

    @Option(help: "How long rows of a source stay valid, as NAME=3h.", transform: Assignment.read)
    var ttl: [Assignment] = []

    @Option(help: "The zone of times without one in a source, as NAME=ZONE.", transform: Assignment.read)
    var timeZone: [Assignment] = []

    @Option(
        help: "Where a column came from, as COLUMN=NAME.ITS_COLUMN; found by its exact name when left out.",
        transform: Assignment.read)
    var column: [Assignment] = []

    @Option(help: "The column with the label: it may lie ahead, and no other may be the label in other words.")
    var label: String?

    @Option(help: "A column that comes from no source; repeat it for more.")
    var except: [String] = []

    @Option(help: "How many rows are shown of each column that knows the future.")
    var samples = 3

    @Option(name: [.short, .long], help: "Write the training set as it should have been to a new .parquet file.")
    var output: String?

    @OptionGroup var means: EngineOptions

    func validate() throws {
        guard (0...1_000).contains(samples) else { throw ValidationError("--samples must be between 0 and 1000") }
        guard !source.isEmpty else { throw ValidationError("name at least one table with --source NAME=FILE") }
        guard !on.isEmpty else { throw ValidationError("name the columns to join on with --on") }
    }

    func run() async throws {
        let line = ProgressLine("leaks")
        defer { line.finish() }
        let limits = EngineLimits(memory: means.memory.bytes, threads: means.threads) {
            line.update($0, done: $1, of: $2)
        }
        let search = try search()
        let report = try await FeatureStore.inPrivateFolder(host: SystemClock.host, limits: limits) {
            (store) async throws(TallyError) in
            try await store.findLeaks(search)
        }
        line.finish()
        Output.render(format, table: LeakText(report: report, training: training).text, json: report.json)
        switch report.verdict {
        case .leak: throw ExitStatus.broken
        case .unproven: throw ExitStatus.unproven
        case .clean: break
        }
    }

    private func search() throws(TallyError) -> LeakSearch {
        let names = source.map(\.name)
        for (option, given) in [
            ("event-time", eventTime), ("known", known), ("ttl", ttl), ("time-zone", timeZone),
        ] {
            for assignment in given { try expect(assignment.name, in: names, option) }
        }
        for name in timeless { try expect(name, in: names, "timeless") }
        var tables: [FrameJoin.Table] = []
        for table in source { tables.append(try self.table(table, names)) }
        var origins: [LeakSearch.Origin] = []
        for assignment in column {
            let parts = assignment.value.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw TallyError(
                    .misuse, "--column '\(assignment.value)' is no column of a source",
                    help: "write COLUMN=NAME.ITS_COLUMN, such as temp_then=weather.temp")
            }
            origins.append(LeakSearch.Origin(column: assignment.name, table: parts[0], origin: parts[1]))
        }
        return LeakSearch(
            FrameJoin(spine: Paths.absolute(training), timeColumn: time, tables: tables), label: label,
            excepted: except, origins: origins, samples: samples, output: output.map(Paths.absolute))
    }

    private func expect(_ name: String, in names: [String], _ option: String) throws(TallyError) {
        guard !names.contains(where: { $0.isSame(as: name) }) else { return }
        throw TallyError(
            .misuse, "--\(option) names the source '\(name)', which there is not",
            help: "the sources are \(names.joined(separator: ", "))")
    }

    private func table(_ table: Assignment, _ names: [String]) throws(TallyError) -> FrameJoin.Table {
        func value(_ given: [Assignment]) -> String? { given.last { $0.name.isSame(as: table.name) }?.value }
        func span(_ given: [Assignment], _ option: String) throws(TallyError) -> TimeSpan? {
            guard let text = value(given) else { return nil }
            guard let span = TimeSpan(text) else {
                throw TallyError(
                    .misuse, "--\(option) '\(text)' is no length of time",
                    help: "write a number and one of d, h, m, s, ms, us, such as 20m")
            }
            return span
        }
        let wait = value(known)
        let event = value(eventTime)
        let isTimeless = timeless.contains { $0.isSame(as: table.name) }
        return FrameJoin.Table(
            name: table.name, path: Paths.absolute(table.value), keys: keys(of: table.name, names),
            eventTime: isTimeless ? .none : event.map { .column($0) } ?? .likeSpine,
            knownTime: wait.map { wait in TimeSpan(wait).map { .after($0) } ?? .column(wait) } ?? .undeclared,
            timeToLive: try span(ttl, "ttl"), timeZone: value(timeZone) ?? "UTC")
    }

    /// The keys that were named for a source, else those that were named for all.
    private func keys(of name: String, _ names: [String]) -> [FrameJoin.Key] {
        let parted = on.map { text in
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            let isOwn = parts.count == 2 && names.contains { $0.isSame(as: parts[0]) }
            return (source: isOwn ? parts[0] : nil, key: isOwn ? parts[1] : text)
        }
        let own = parted.filter { $0.source?.isSame(as: name) ?? false }
        return (own.isEmpty ? parted.filter { $0.source == nil } : own).map { entry in
            let sides = entry.key.split(separator: "=", maxSplits: 1).map(String.init)
            return FrameJoin.Key(spine: sides.first ?? "", source: sides.last ?? "")
        }
    }
}
