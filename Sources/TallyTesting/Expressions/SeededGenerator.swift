// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyStatistics

/// The generator of test data: one seed, one sequence.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var source: SplitMix64

    /// Equal seeds give equal sequences.
    public init(seed: UInt64) { source = SplitMix64(seed: seed) }

    /// The next number.
    public mutating func next() -> UInt64 { source.next() }

    /// A number below `bound`, quick and near enough to uniform for test data.
    public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// One of the elements; the list is not empty.
    public mutating func pick<T>(_ elements: [T]) -> T {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
