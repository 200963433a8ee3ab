// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyModel

/// The machine's wall clock and user: read here, at the door, and handed inwards as parameters.
enum SystemClock {
    /// The time now, floored to microseconds.
    static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// The user's name as the environment gives it, else the user's number.
    static var userName: String {
        for name in ["USER", "LOGNAME"] {
            if let value = unsafe getenv(name) { return unsafe String(cString: value) }
        }
        return "uid \(getuid())"
    }
}
