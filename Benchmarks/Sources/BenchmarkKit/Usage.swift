// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc

/// What the process has used so far.
public struct Usage {
    /// Processor time of all threads.
    public let cpuSeconds: Double
    /// The most memory it has had.
    public let peakMegabytes: Double

    /// What it has used now.
    public static func now() -> Usage {
        var usage = rusage()
        unsafe _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) * 1e-6
        let system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) * 1e-6
        return Usage(cpuSeconds: user + system, peakMegabytes: Double(usage.ru_maxrss) / 1024)
    }
}

/// Writes a number with so many digits after the point.
public func rounded(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((value * scale).rounded())
    let fraction = String(whole % Int(scale))
    return "\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}
