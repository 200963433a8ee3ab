// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Logging
internal import ServiceLifecycle
internal import TallyModel
internal import TallyStore

/// Proves again and again that what is stored is what was written: the pages of the file, then one view after the other.
///
/// Works on a thread of its own, and rests ten times as long as it worked. What it finds is told at `/readyz`, `/metrics`, in
/// the log, and in the registry, where `tally status` shows it.
struct Scrubber: Service {
    let parts: ServerParts
    let book: ScrubBook
    let interval: Duration
    let clock: any Clock<Duration>
    let logger: Logger

    /// The longest time from a server's start to its first scrub.
    private static let firstAfter = Duration.seconds(60)
    private static let rest = 10

    /// Runs until it is stopped.
    func run() async throws {
        let lane = WorkLane(threads: 1)
        await cancelWhenGracefulShutdown {
            var pause = min(interval, Self.firstAfter)
            while !Task.isCancelled {
                guard (try? await clock.sleep(for: pause)) != nil else { return }
                await pass(on: lane)
                pause = interval
            }
        }
    }

    /// Looks at everything once.
    func pass(on lane: WorkLane) async {
        let startedAt = parts.clock()
        var findings: [HealthFinding] = []
        do throws(TallyError) {
            guard let structure = try await timed(on: lane, { () throws(TallyError) in try parts.store.examine() })
            else { return }
            let found = Checkup.structure(structure)
            findings.append(found)
            note(found)
            if found.state != .broken {
                for generation in try await parts.store.generations() {
                    findings.append(
                        try await timed(on: lane) { () async throws(TallyError) in
                            try await ViewProof.prove(generation, in: parts.store)
                        })
                    findings.last.map(note)
                }
            }
            book.set(findings, at: parts.clock())
            try await parts.registry.record(.run(record(findings, startedAt)))
        } catch {
            guard error.code != .interrupted else { return }
            logger.error("the scrub failed", metadata: ["error": "\(error)"])
        }
    }

    private func note(_ finding: HealthFinding) {
        guard finding.state == .broken else { return }
        logger.error(
            "stored data is damaged",
            metadata: ["what": "\(finding.what)", "found": "\(finding.found)", "help": "\(finding.advice ?? "")"])
    }

    private func record(_ findings: [HealthFinding], _ startedAt: Timestamp) -> RunRecord {
        let summary = JSON.object([
            ("scrub", .string(ScrubBook.words(findings))), ("findings", .array(findings.map(\.json))),
            (
                "warnings",
                .array(
                    findings.filter { $0.state == .broken }.map {
                        .string("\($0.what): \($0.found); \($0.advice ?? "")")
                    })
            ),
        ])
        return RunRecord(
            command: "scrub", subject: "online store", startedAt: startedAt,
            duration: TimeSpan(microseconds: max(0, parts.clock().microseconds &- startedAt.microseconds)),
            identity: Fingerprint(of: summary), summary: summary)
    }

    /// Does blocking work on the lane, then rests.
    private func timed<Result: Sendable>(
        on lane: WorkLane, _ work: @Sendable @escaping () async throws(TallyError) -> Result
    ) async throws(TallyError) -> Result {
        // What counts is the work, not how long it waited for its thread.
        let done = await withTaskExecutorPreference(lane) { () async -> Work<Result> in
            let start = ContinuousClock.now
            do throws(TallyError) {
                let result = try await work()
                return Work(result: .success(result), took: start.duration(to: .now))
            } catch {
                return Work(result: .failure(error), took: start.duration(to: .now))
            }
        }
        try? await clock.sleep(for: done.took * Self.rest)
        return try done.result.get()
    }

    /// The result of some work, and its duration.
    private struct Work<Result: Sendable>: Sendable {
        let result: Swift.Result<Result, TallyError>
        let took: Duration
    }
}
