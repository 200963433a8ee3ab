// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import TallyStore

/// The result of the last scrub.
final class ScrubBook: Sendable {
    /// One scrub.
    struct Pass: Sendable {
        let findings: [HealthFinding]
        let endedAt: Timestamp

        /// A line for people and probes.
        var text: String { "scrub: \(ScrubBook.words(findings)), \(endedAt)\n" }
    }

    private let pass = Mutex<Pass?>(nil)

    /// The last scrub; nil before the first one came to an end.
    var last: Pass? { pass.withLock { $0 } }

    /// Notes what was found.
    func set(_ findings: [HealthFinding], at now: Timestamp) {
        pass.withLock { $0 = Pass(findings: findings, endedAt: now) }
    }

    /// The worst that was found, and where.
    static func words(_ findings: [HealthFinding]) -> String {
        for state in [HealthFinding.State.broken, .unproven] {
            let found = findings.filter { $0.state == state }
            if !found.isEmpty { return "\(state.rawValue): " + found.map(\.what).joined(separator: ", ") }
        }
        return "kept"
    }
}
