// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// The machine's wall clock and user: read here, at the door, and handed inwards as parameters.
enum SystemClock {
    /// The time now, floored to microseconds.
    static func now() -> Timestamp {
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
            wall: now(), sinceStart: TimeSpan(microseconds: sinceStart),
            start: start.map { String($0.prefix { $0 != "\n" }) } ?? "")
    }

    /// The environment that this process gives to a feature store.
    static var host: Host {
        Host(
            now: now, clocks: clocks, user: userName, architecture: Machine.architecture, system: Machine.system)
    }

    /// The user's name as the environment gives it, else the user's number.
    static var userName: String {
        for name in ["USER", "LOGNAME"] {
            if let value = unsafe getenv(name) { return unsafe String(cString: value) }
        }
        return "uid \(getuid())"
    }
}
