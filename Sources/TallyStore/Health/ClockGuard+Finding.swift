// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ClockGuard {
    /// What is told of the clock where it stops who writes; nil where it stops nobody.
    public var finding: HealthFinding? {
        do throws(TallyError) {
            try check()
            return nil
        } catch {
            return HealthFinding("clock", error)
        }
    }
}
