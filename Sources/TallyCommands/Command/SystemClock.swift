// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyModel

/// The machine's wall clock and user: read at the door, and handed inwards as parameters.
enum SystemClock {
    /// The time now, floored to microseconds.
    static func now() -> Timestamp { host.now() }

    /// The environment that this process gives to a feature store.
    static var host: Host { Host.process }
}
