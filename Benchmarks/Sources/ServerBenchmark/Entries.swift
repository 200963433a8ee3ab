// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Synchronization
import TallyModel
import TallyTesting

/// The cells of one view, key by key: ten random doubles for each user.
final class Entries: Sendable {
    private let state: Mutex<(next: Int64, generator: SeededGenerator)>
    private let time: Timestamp

    init(view: Int, at time: Timestamp) {
        self.time = time
        state = Mutex((0, SeededGenerator(seed: UInt64(view))))
    }

    func next() -> OnlineEntry? {
        state.withLock { state in
            guard state.next < Bench.entities, let key = EntityKey([.int64(state.next)]) else { return nil }
            let values = (0..<Bench.features).map { _ in
                Value.float64(Double.random(in: 0..<1_000, using: &state.generator))
            }
            let event = Timestamp(microseconds: time.microseconds - 1_000_123 * state.next)
            state.next += 1
            return OnlineEntry(
                key: OnlineKey(key),
                cell: OnlineCell(
                    OnlineRow(eventTime: event, knownTime: event, values: CanonicalEncoding.row(values))))
        }
    }
}
