// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import Synchronization
import TallyModel
import TallyStore
import Testing

/// What happens online in a scenario, from its `online.json`.
///
/// That is a list of steps, each an object with one of
/// - `"fill": TIME`, and `"until": TIME` and `"full": true` as they apply: all views are filled at that time;
/// - `"add": FOLDER`: its files arrive; the folder's name begins with `later`;
/// - `"remove": FILE`: the file goes;
/// - `"read": TIME`: the vectors of the spine's rows are read, with the clock at that time.
///
/// What comes out is a line for each fill and for each row read.
struct OnlineSteps {
    static let file = "online.json"
    private let scenario: Scenario
    private let steps: [JSON]

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        steps = try JSON(parsing: scenario.text(of: Self.file) ?? "[]").arrayValue ?? []
    }

    private final class Clock: Sendable {
        private let time = Mutex(Timestamp(microseconds: 0))
        var now: Timestamp {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
    }

    private struct UnknownStep: Error { let step: JSON }

    /// Runs the steps and tells what came of them.
    func log(of run: ScenarioRun) async throws -> String {
        let clock = Clock()
        let online = try await run.online { clock.now }
        var lines: [String] = []
        for step in steps {
            func time(_ name: String) -> Timestamp? { step[name]?.stringValue.flatMap { Timestamp($0) } }
            if let now = time("fill") {
                clock.now = now
                let outcome = try await online.fill(until: time("until"), isFull: step["full"]?.boolValue ?? false)
                lines += outcome.reports.flatMap(Self.lines)
            } else if let now = time("read") {
                clock.now = now
                lines += try await read(run, online, at: now)
            } else if let folder = step["add"]?.stringValue {
                try scenario.addFiles(of: folder, to: run.place)
            } else if let file = step["remove"]?.stringValue {
                try FileManager.default.removeItem(atPath: run.place + "/" + file)
            } else {
                throw UnknownStep(step: step)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of report: MaterializationReport) -> [String] {
        let counts = report.counts
        let numbers = [
            ("read", counts.read), ("later", counts.later), ("older", counts.older), ("written", counts.written),
            ("unchanged", counts.unchanged), ("removed", counts.removed), ("pending", counts.pending),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        let generation = report.generation
        let head =
            "fill \(report.view) at \(report.startedAt): \(report.kind.rawValue), generation \(generation.number) until "
            + "\(generation.until), \(generation.keys) keys"
        return [([head] + numbers).joined(separator: ", ")] + report.warnings.map { "  warning: \($0)" }
    }

    private func read(_ run: ScenarioRun, _ online: OnlineHalf, at now: Timestamp) async throws -> [String] {
        let layout = try await online.layout()
        var batches: [Batch] = []
        try await online.engine.scan(
            ScanRequest(
                table: TableReference(rows: .files([run.place + "/spine.csv"], .csv)),
                columns: (layout.keys + layout.inputs).map { .init(name: $0.name, type: $0.type) })
        ) { batches.append($0) }
        let rows = Batch.concatenating(batches)
        let vectors = try await online.read(layout, rows, at: nil)
        return ["read at \(now)"]
            + (0..<rows.count).map { row in
                let keys = layout.keys.map { "\($0.name)=\(rows[$0.name]?[row].text ?? "")" }
                let values = vectors.columns.enumerated().map { index, column in
                    let happened = vectors.eventTime(index, row).map { ", \($0)" } ?? ""
                    let status = vectors.status(index, row).name
                    return "\(column.name)=\(vectors.value(index, row).text) (\(status)\(happened))"
                }
                return "  " + (keys + values).joined(separator: " ")
            }
    }
}
