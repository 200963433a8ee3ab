// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Decision {
    /// Decides about findings, as a contract says: the nearest reaction to each broken promise, within its limit.
    public init(on findings: [Finding], by contract: Contract) {
        self.init(findings.map { Response($0, Self.action(on: $0, by: contract)) })
    }

    /// What is done about a finding; nil when it is not broken.
    ///
    /// Promises about all rows have no rows of their own to set aside: for them quarantine is block.
    private static func action(on finding: Finding, by contract: Contract) -> Reaction.Action? {
        guard finding.verdict == .broken else { return nil }
        let action = contract.reaction(to: finding.promise)
            .action(failing: finding.evidence.failing ?? 0, of: finding.evidence.rows ?? 0)
        return action == .quarantine && !namesRows(finding) ? .block : action
    }

    /// Whether the rows that break the promise can be named; a type is a promise about single rows where the data are text.
    private static func namesRows(_ finding: Finding) -> Bool {
        switch CheckCatalogue[finding.promise.check]?.level {
        case .row: true
        case .schema: finding.evidence.failing != nil
        case .table, .moment, .elsewhere, nil: false
        }
    }
}
