// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Gate {
    /// What no replay and no discard changes of a verdict.
    private static let fixed = [
        "making", "path", "promises", "decidedAt", "rows", "setAside", "accepted", "acceptedSha256", "acceptedSize",
    ]
    private static let most = 1 << 20

    /// Throws `E-corrupt` for a verdict without a checksum that says otherwise than the registry noted when it was decided.
    ///
    /// A verdict that the registry does not know counts as it stands.
    func expectRecorded(_ verdicts: [GateVerdict], of table: PromisedTable) async throws(TallyError) {
        guard !verdicts.isEmpty else { return }
        var recorded: [Fingerprint: JSON] = [:]
        // The newest run first: a file whose verdict was deleted was judged again.
        for run in try await registry.runs(of: "admit", about: table.name, limit: Self.most) {
            for file in run.summary["files"]?.arrayValue ?? [] {
                guard let key = file["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) }) else { continue }
                if recorded[key] == nil { recorded[key] = file }
            }
        }
        for verdict in verdicts {
            guard let then = recorded[verdict.digest] else { continue }
            let now = verdict.json
            guard let member = Self.fixed.first(where: { now[$0]?.canonicalText != then[$0]?.canonicalText }) else {
                continue
            }
            throw TallyError(
                .corrupt,
                "the verdict on \(verdict.path) has no checksum, and its `\(member)` is not what the registry noted when it was "
                    + "decided",
                subject: "\(root)/\(GateFolder.parent)/\(table.folder)/verdicts/\(verdict.digest.hex).json",
                help: "restore it from a backup, or delete it to have the file judged again")
        }
    }
}
