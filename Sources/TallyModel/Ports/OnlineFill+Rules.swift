// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rules of a fill that are the same for every online store.
extension OnlineFill {
    /// The generation that the fill makes, its keys still to be counted.
    ///
    /// `present` is what answers now, nil where nothing does; `last` is the last number given to the storage fingerprint,
    /// also to a generation that was dropped since. The snapshot's stamps are left out: they belong to the registry.
    /// Throws `E-conflict` for a fill that was planned on another generation, and `E-misuse` for a merge that would answer
    /// for instants whose rows are gone.
    public func successor(of present: OnlineGeneration?, last: Int) throws(TallyError) -> OnlineGeneration {
        guard after == present?.number else {
            let found = present.map { "generation \($0.number)" } ?? "nothing"
            let planned = after.map { "generation \($0)" } ?? "nothing"
            throw TallyError(
                .conflict, "another fill was first: it was planned on \(planned), and \(found) is there now",
                subject: subject, help: "run the command again")
        }
        if mode == .merge, let present, generation.horizon < present.horizon {
            throw TallyError(
                .misuse,
                "rows cannot be merged back to \(generation.horizon): the store keeps what answers from "
                    + "\(present.horizon) on", subject: subject,
                help: "run `\(.materialize([generation.view], full: true))`")
        }
        let files = generation.snapshot.files.map { file in
            SourceSnapshot.File(
                path: file.path, size: file.size, digest: file.digest, firstSeen: file.firstSeen, stamp: "")
        }
        return OnlineGeneration(
            storage: generation.storage, number: last + 1, view: generation.view,
            snapshot: generation.snapshot.with(files: files),
            until: generation.until, horizon: generation.horizon, filledAt: generation.filledAt, keys: 0)
    }

    /// Throws `E-internal` unless an entry has rows and its key comes after the one before it.
    public func check(_ entry: OnlineEntry, after key: OnlineKey?) throws(TallyError) {
        guard key.map({ $0 < entry.key }) ?? true else {
            throw TallyError(.internal, "keys came out of order, or twice", subject: subject)
        }
        guard !entry.cell.rows.isEmpty else {
            throw TallyError(.internal, "a key came without rows", subject: subject)
        }
    }

    /// Returns the cell to store where there was none: with `.merge`, only rows that can answer from the horizon on.
    public func cell(of given: OnlineCell) -> OnlineCell {
        mode == .replace ? given : merging(given, into: OnlineCell()) ?? given
    }

    /// The present cell with the given rows, without those that cannot answer from the new horizon on.
    ///
    /// Nil when the given rows change nothing: then also rows stay that have become useless.
    public func merging(_ given: OnlineCell, into present: OnlineCell) -> OnlineCell? {
        var cell = law.advance(present, to: generation.horizon)
        return law.merge(given, into: &cell, horizon: generation.horizon) ? cell : nil
    }

    private var subject: String { "online store, view \(generation.view)" }
}

extension OnlineGeneration {
    /// Throws `E-corrupt` when a walk through all cells met others than the generation has.
    ///
    /// A generation without a digest proves the count of its keys only.
    public func check(_ found: CellsDigest, countOfCells count: Int) throws(TallyError) {
        guard count == keys else {
            throw damage("generation \(number) has \(keys) keys, and \(count) were found")
        }
        guard digest == nil || digest == found else {
            throw damage("generation \(number) does not have the cells that were written: their digest is another one")
        }
    }

    private func damage(_ message: String) -> TallyError {
        TallyError(
            .corrupt, message, subject: "online store, view \(view)",
            help: "fill the view again with `\(.materialize([view], full: true))`")
    }
}
