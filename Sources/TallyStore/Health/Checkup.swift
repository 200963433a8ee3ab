// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Pure rules that turn facts about a repository's stored state into findings.
public enum Checkup {
    /// Returns the finding about the pages of the online store's file; nil stands for a store that was never filled.
    public static func structure(_ structure: StoreStructure?) -> HealthFinding {
        let what = "online store"
        guard let structure else {
            return HealthFinding(
                what, .kept, "nothing was ever stored in it", advice: "run `\(.materialize())` to fill it")
        }
        switch structure.state {
        case .whole:
            return HealthFinding(what, .kept, "\(structure.pages) pages in \(structure.bytes) bytes are in order")
        case .damaged(let damage):
            return HealthFinding(
                what, .broken, "it is damaged: \(damage)",
                advice:
                    "restore it from a backup, or run `\(.materialize(full: true))`, which makes a new store beside it and "
                    + "keeps the damaged file")
        case .changing:
            return HealthFinding(
                what, .unproven, "fills changed it while it was looked through",
                advice: "run `\(.doctor)` again when nobody fills")
        }
    }

    /// Returns the finding about a registry: `problems` are those that an examination found, nil for no registry.
    public static func registry(_ problems: [String]?, isFilled: Bool) -> HealthFinding {
        let what = "registry"
        guard let problems else {
            guard isFilled else {
                return HealthFinding(what, .kept, "nothing was applied yet", advice: "run `\(.apply)`")
            }
            return HealthFinding(
                what, .broken, "it is gone, and the online store was filled",
                advice: "restore it from a backup; `\(.apply)` makes a new one without the history")
        }
        guard let first = problems.first else { return HealthFinding(what, .kept, "it is in order") }
        return HealthFinding(
            what, .broken, "\(problems.count) problems; the first: \(first)", advice: "restore it from a backup")
    }

    /// Returns the finding about free space on a disk: a fill needs room for the view's old and new rows at once.
    public static func disk(_ what: String, free: Int64?, needed: Int64) -> HealthFinding {
        guard let free else { return HealthFinding(what, .unproven, "the system does not tell how much room there is") }
        let wanted = max(needed, leastFree)
        guard free < wanted else { return HealthFinding(what, .kept, "\(free >> 20) MiB are free") }
        return HealthFinding(
            what, .broken, "\(free >> 20) MiB are free, and a full fill may take \((wanted + (1 << 20) - 1) >> 20)",
            advice: "make room: a fill that finds none fails and leaves what was there")
    }

    /// Returns the findings about the clock: it must not be before stored times; `guarded` is the finding that writing
    /// is stopped.
    public static func clock(
        _ now: Timestamp, generations: [OnlineGeneration], lastRun: Timestamp?, guarded: HealthFinding? = nil
    ) -> [HealthFinding] {
        var findings = guarded.map { [$0] } ?? []
        for generation in generations {
            let latest = max(generation.filledAt, generation.until)
            guard latest.microseconds > now.microseconds &+ tolerance.microseconds else { continue }
            let isFill = generation.filledAt >= generation.until
            findings.append(
                HealthFinding(
                    "clock", .broken,
                    "view \(generation.view) was filled \(isFill ? "at" : "up to") \(latest), and it is \(now) here",
                    advice: "set the clock; where it was wrong when the view was filled, run "
                        + "`\(.materialize([generation.view], full: true))`"))
        }
        if let lastRun, lastRun.microseconds > now.microseconds &+ tolerance.microseconds {
            findings.append(
                HealthFinding(
                    "clock", .broken, "the last run began at \(lastRun), and it is \(now) here",
                    advice: "set the clock: files are told apart by when they were seen first"))
        }
        return findings.isEmpty ? [HealthFinding("clock", .kept, "nothing stored lies ahead of \(now)")] : findings
    }

    /// Returns the finding about files that killed programs left.
    public static func leftovers(_ paths: [String], bytes: Int64, isCut: Bool) -> HealthFinding {
        let what = "leftovers"
        guard let first = paths.first else {
            return isCut
                ? HealthFinding(what, .unproven, "the repository has too many files to look through")
                : HealthFinding(what, .kept, "no run was killed and left files")
        }
        return HealthFinding(
            what, .kept,
            "\(paths.count) files of killed runs, \(bytes) bytes: \(first)\(paths.count > 1 ? ", ..." : "")",
            advice: "they are of no use: remove them")
    }

    private static let leastFree: Int64 = 64 << 20
    private static let tolerance = TimeSpan(microseconds: 2_000_000)
}
