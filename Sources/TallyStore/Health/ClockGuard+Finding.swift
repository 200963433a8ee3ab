// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ClockGuard {
    /// The finding that the clock stops writing; nil when it does not.
    public var finding: HealthFinding? {
        do throws(TallyError) {
            try check()
            return nil
        } catch {
            return HealthFinding("clock", error)
        }
    }
}
