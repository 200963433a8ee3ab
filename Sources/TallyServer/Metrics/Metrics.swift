// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// The server's counts of its own work: flat arrays behind one lock, taken twice a request for some tens of
/// nanoseconds.
final class Metrics: Sendable {
    /// The upper bounds of the latency histogram's buckets, in microseconds; a last bucket takes the rest.
    static let boundsMicroseconds: [Int64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
    ]

    /// The latencies of one route with one status.
    struct Latency {
        /// Requests in each bucket, not cumulated; the last one is beyond all bounds.
        var buckets = [Int](repeating: 0, count: Metrics.boundsMicroseconds.count + 1)
        var totalMicroseconds: Int64 = 0
    }

    /// The counts up to one moment.
    struct Counts {
        var latencies: [LatencyKey: Latency] = [:]
        /// The views by counter.
        var views: [String] = []
        /// For each view, the values served with each status.
        var statuses: [Int] = []
    }

    /// The requests that a histogram counts.
    struct LatencyKey: Hashable {
        let route: String
        let status: Int
    }

    private let counts = Mutex(Counts())
    /// Requests being answered.
    private let running = Atomic<Int>(0)

    /// Counts a request that begins.
    func begin() { running.wrappingAdd(1, ordering: .relaxed) }

    /// Counts a request that ended.
    func end(_ route: Route, status: Int, _ duration: Duration) {
        running.wrappingSubtract(1, ordering: .relaxed)
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let bucket = Self.boundsMicroseconds.firstIndex { microseconds <= $0 } ?? Self.boundsMicroseconds.count
        counts.withLock { counts in
            let key = LatencyKey(route: route.template, status: status)
            counts.latencies[key, default: Latency()].buckets[bucket] += 1
            counts.latencies[key, default: Latency()].totalMicroseconds += microseconds
        }
    }

    /// The counter of a view's statuses; the same one for the same name.
    func counter(ofView name: String) -> Int {
        counts.withLock { counts in
            if let known = counts.views.firstIndex(of: name) { return known }
            counts.views.append(name)
            counts.statuses += [Int](repeating: 0, count: ValueStatus.allCases.count)
            return counts.views.count - 1
        }
    }

    /// Adds what was served: for each view's counter, numbers by status.
    func add(_ served: [(counter: Int, numbers: StatusNumbers)]) {
        counts.withLock { counts in
            for (counter, numbers) in served {
                let start = counter * ValueStatus.allCases.count
                for status in 0..<ValueStatus.allCases.count { counts.statuses[start + status] += numbers[status] }
            }
        }
    }

    /// The number of requests that are being answered.
    var inFlight: Int { running.load(ordering: .relaxed) }

    /// The counts so far.
    var snapshot: Counts { counts.withLock { $0 } }
}
