// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A store of definitions, releases, snapshots and runs that keeps every earlier version.
///
/// Any number of processes may use one registry at once. Each method is one transaction: it sees and leaves a whole
/// generation, and what it returned from survives the death of the process. All methods throw `E-corrupt` for stored
/// data that cannot be read and `E-engine` when the storage fails otherwise.
public protocol Registry: Sendable {
    /// The latest generation; `RegistryState.empty` for a registry that nothing was applied to.
    func state() async throws(TallyError) -> RegistryState

    /// The number of the latest generation: what a server asks each second, however much is applied.
    func generation() async throws(TallyError) -> Int

    /// Carries out a commit whole or not at all, and returns the state it leaves; the rules are those of `RegistryStep`.
    ///
    /// The generation grows by one when anything changed, and stays when nothing did. Throws `E-conflict` when `base` is
    /// not the latest generation or the registry belongs to another project, `E-in-use` when a definition that stays, or
    /// a serving release, uses one that is removed, and `E-not-found` for a removal or step of something that is not
    /// there.
    func commit(_ commit: RegistryCommit) async throws(TallyError) -> RegistryState

    /// Returns the versions of a definition, oldest first, removals included; empty for a name that was never applied.
    func history(of id: DefinitionID) async throws(TallyError) -> [DefinitionVersion]

    /// The latest snapshot of a source; nil when none was recorded. Earlier ones are kept.
    func latestSnapshot(of source: String) async throws(TallyError) -> SourceSnapshot?

    /// Appends a record.
    ///
    /// A snapshot whose `after` is not the latest one's `takenAt`, or that is not taken later, throws `E-conflict`: two
    /// commands looked at once, and the slower one compares again, so that no file is taken for one of the first snapshot.
    func record(_ record: RegistryRecord) async throws(TallyError)

    /// Appends runs, in this order and all or none.
    func record(_ runs: [RunRecord]) async throws(TallyError)

    /// The latest runs, newest first by the order of recording; at most `limit`.
    func runs(limit: Int) async throws(TallyError) -> [RunRecord]

    /// The latest run that matches; nil when none does.
    ///
    /// Takes the same time however many other runs there are.
    func find(_ query: RecordQuery) async throws(TallyError) -> RunRecord?
}

extension Registry {
    /// Reads the whole state, for a registry that has no other way.
    public func generation() async throws(TallyError) -> Int { try await state().generation }

    /// Appends runs one by one, for a registry that has no other way.
    public func record(_ runs: [RunRecord]) async throws(TallyError) {
        for run in runs { try await record(.run(run)) }
    }

    /// Searches all runs, for a registry that has no index.
    public func find(_ query: RecordQuery) async throws(TallyError) -> RunRecord? {
        try await runs(limit: .max).first(where: query.matches)
    }
}
