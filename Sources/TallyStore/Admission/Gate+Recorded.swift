// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Gate {
    /// The members of a verdict that no replay and no discard changes.
    private static let fixed = [
        "making", "path", "promises", "decidedAt", "rows", "setAside", "accepted", "acceptedSha256", "acceptedSize",
    ]

    /// Throws `E-corrupt` for a verdict without a checksum that differs from the one in the registry.
    ///
    /// A verdict that the registry does not know is trusted.
    func expectRecorded(_ verdicts: [GateVerdict], of table: PromisedTable) async throws(TallyError) {
        for verdict in verdicts {
            // The newest run counts: a file whose verdict was deleted was judged again.
            guard let run = try await registry.find(.verdict(on: verdict.digest, of: table.name)),
                case .admission(let admission) = run.detail,
                let then = admission.files.first(where: { $0.key == verdict.digest })?.verdict
            else { continue }
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
