// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The notes about local times that the clock shows twice or skips.
enum RepeatedHour {
    /// The warning for a number of such times; nil for none.
    static func warning(_ count: Int, zone: String) -> String? {
        guard count > 0 else { return nil }
        return
            "\(count) \(count == 1 ? "time stands" : "times stand") in an hour that clocks in \(zone) show twice or skip; "
            + "of an hour shown twice the first is taken, so that rows of the second count as known an hour early: write "
            + "such times with their offset from UTC"
    }
}
