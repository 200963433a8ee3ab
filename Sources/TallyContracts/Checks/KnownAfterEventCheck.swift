// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// Nothing is known before it happened.
    static let knownAfterEvent = Check(
        "knownAfterEvent", .row, fits: .any, "no known time is before its event time",
        rules: "a row without one of the two times is kept (SEMANTICS 1.3 takes such a known time for the event time)"
    ) { promise, table in
        let promised = "known no earlier than it happened"
        guard let event = promise.arguments["event"]?.stringValue.flatMap({ table[$0] }),
            let known = promise.arguments["known"]?.stringValue.flatMap({ table[$0] })
        else { return .absent(promised, promise) }
        guard event.type == .timestamp, known.type == .timestamp else {
            return .unexecutable(promised, "the two columns are no instants")
        }
        return .values(
            promised, event.name, [.notLaterThan(column: known.name, plus: .zero)],
            failing: "are known before they happened")
    }
}
