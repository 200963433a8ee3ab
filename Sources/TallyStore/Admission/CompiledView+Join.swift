// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompiledView {
    /// The view's half of a join.
    func join(
        _ prepared: PreparedSource, ignoresKnownTime: Bool = false, knownUntil: Timestamp? = nil
    ) -> ViewJoin {
        ViewJoin(
            subject: "view \(view.name)", files: prepared.groups, format: prepared.format,
            text: source.text, timeZone: source.timeZone, eventTime: source.eventTime, knownTime: source.knownTime,
            columns: columns, law: view.law, ignoresKnownTime: ignoresKnownTime, knownUntil: knownUntil,
            partitions: source.partitionPattern)
    }
}
