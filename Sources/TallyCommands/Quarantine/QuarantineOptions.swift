// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// The common options of the quarantine's commands.
struct QuarantineOptions: ParsableArguments {
    @Option(help: "Only this run, as `tally quarantine list` names it.")
    var run: String?

    /// The waiting entries of a table; `E-not-found` when there is none.
    func entries(_ quarantine: Quarantine, table: String) throws(TallyError) -> [Quarantine.Entry] {
        let all = try quarantine.entries()
        let found = all.filter { $0.table == table && (run == nil || $0.run == run) }
        guard found.isEmpty else {
            Self.warnUnsealed(found)
            return found
        }
        let known = run == nil ? all.map(\.table) : all.filter { $0.table == table }.map(\.run)
        throw TallyError(
            .notFound, run.map { "there is no run '\($0)' of '\(table)'" } ?? "nothing was set aside of '\(table)'",
            help: known.isEmpty
                ? "nothing is set aside at all" : "there is \(Set(known).sorted().joined(separator: ", "))")
    }

    /// Warns about entries without a checksum, which cannot be verified to be as they were written.
    static func warnUnsealed(_ entries: [Quarantine.Entry]) {
        let unsealed = entries.filter { !$0.isSealed }
        guard let first = unsealed.first else { return }
        let more = unsealed.count > 1 ? " and \(unsealed.count - 1) more have" : " has"
        Terminal.warn(
            "\(first.table): run \(first.run)\(more) a verdict without checksum, as earlier versions wrote them: it counts as it "
                + "stands; `tally materialize` gives it one")
    }
}
