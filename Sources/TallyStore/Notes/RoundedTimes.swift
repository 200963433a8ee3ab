// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The notes about times finer than microseconds that were rounded.
enum RoundedTimes {
    /// Returns the warnings about `up` rounded event and known times, and `down` values of keys and features.
    static func warnings(up: Int, down: Int) -> [String] {
        var found: [String] = []
        if up > 0 {
            found.append(
                "\(up) times have nanoseconds, and were rounded up to microseconds; those of the event time still order rows"
            )
        }
        if down > 0 { found.append("\(down) values of keys and features lost nanoseconds") }
        return found
    }
}

extension Batch {
    /// Returns the number of values in a column of cut nanoseconds that are not 0.
    func cutCount(_ name: String) -> Int { cuts(name)?.count { $0 != 0 } ?? 0 }
}
