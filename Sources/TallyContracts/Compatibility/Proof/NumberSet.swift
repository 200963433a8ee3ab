// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The numbers that a threshold admits.
///
/// Which numbers those are changes only at the written ones, so that a few probes decide what is among what.
struct NumberSet: Sendable {
    /// The domain of the numbers.
    enum Domain: Sendable, Hashable {
        case counts
        case percents
        case numbers
    }

    private let comparisons: [Comparison]
    /// The written thresholds.
    let thresholds: [Double]

    /// The numbers that all of some promises admit; nil when one of them has no operator.
    ///
    /// Nil too for a threshold of more digits than a float holds: probes are floats, and would take two such for one.
    init?(_ promises: [Promise]) {
        let read = promises.map { Comparison($0.arguments) }
        guard read.allSatisfy({ $0?.isExactInFloats == true }) else { return nil }
        comparisons = read.compactMap { $0 }
        thresholds = promises.flatMap { Self.thresholds($0) }
    }

    /// The numbers that a promise's operator is given.
    static func thresholds(_ promise: Promise) -> [Double] {
        Comparison.names.compactMap { promise.arguments[$0] }.flatMap { $0.arrayValue ?? [$0] }
            .compactMap { Bounds.number($0).flatMap { Double($0.description) } }
    }

    /// The domain of a promise's number.
    static func domain(_ promise: Promise) -> Domain {
        switch promise.check {
        case "rowCount", "distinctCount": .counts
        case "nullValues", "missingValues", "invalidValues", "duplicateValues":
            Metric.isPercent(promise) ? .percents : .counts
        case _: .numbers
        }
    }

    /// Whether a number is admitted.
    func holds(_ number: Double) -> Bool { comparisons.allSatisfy { $0.holds(number) } }

    /// Whether another set holds every number of a domain, within bounds, that this set holds.
    func isSubset(of other: NumberSet, _ domain: Domain, from lower: Double = -.infinity, to upper: Double = .infinity)
        -> Bool
    {
        Self.probes(thresholds + other.thresholds + [lower, upper].filter(\.isFinite), domain)
            .filter { $0.isNaN ? lower == -.infinity && upper == .infinity : $0 >= lower && $0 <= upper }
            .allSatisfy { !holds($0) || other.holds($0) }
    }

    /// Returns numbers that represent all numbers of a domain, as some thresholds divide them.
    static func probes(_ thresholds: [Double], _ domain: Domain) -> [Double] {
        switch domain {
        case .counts:
            let near = thresholds.flatMap {
                [$0.rounded(.down) - 1, $0.rounded(.down), $0.rounded(.up), $0.rounded(.up) + 1]
            }
            return Set(near + [0, 1]).filter { $0 >= 0 && $0.isFinite }.sorted()
        case .percents:
            return between(thresholds.filter { $0 >= 0 && $0 <= 100 } + [0, 100]).filter { $0 >= 0 && $0 <= 100 }
        case .numbers: return between(thresholds) + [.nan]
        }
    }

    private static func between(_ thresholds: [Double]) -> [Double] {
        let sorted = Set(thresholds).filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return [0] }
        let gaps = zip(sorted, sorted.dropFirst()).flatMap { [$0, $0 / 2 + $1 / 2] }
        let beyond = max(1, max(first.magnitude, last.magnitude))
        return [-.infinity, first - beyond] + gaps + [last, last + beyond, .infinity]
    }
}
