// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyModel
internal import TallyStore

extension Host {
    /// The host as this process sees it: the machine's clocks, the environment's user, the platform.
    ///
    /// Read here, at the doors, and handed inwards as a parameter.
    public static var process: Host {
        Host(
            now: wallClock, clocks: clocks, user: userName, architecture: architectureName, system: systemName)
    }

    /// The time now, floored to microseconds.
    private static func wallClock() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// The wall clock, the clock since boot, and which boot that is.
    private static func clocks() -> ClockReading {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        let sinceStart = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        let start = (try? AtomicFile.read("/proc/sys/kernel/random/boot_id")).map {
            String(decoding: $0, as: UTF8.self)
        }
        return ClockReading(
            wall: wallClock(), sinceStart: TimeSpan(microseconds: sinceStart),
            start: start.map { String($0.prefix { $0 != "\n" }) } ?? "")
    }

    /// The user's name as the environment gives it, else the user's number.
    private static var userName: String {
        for name in ["USER", "LOGNAME"] {
            if let value = unsafe getenv(name) { return unsafe String(cString: value) }
        }
        return "uid \(getuid())"
    }

    private static var architectureName: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    private static var systemName: String {
        #if os(Linux)
            "Linux"
        #elseif os(macOS)
            "macOS"
        #else
            "other"
        #endif
    }
}
