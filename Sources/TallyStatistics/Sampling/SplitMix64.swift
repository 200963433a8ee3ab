// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Numbers that look random and are the same for the same seed, in every process and on every machine.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014). Not for
/// secrets: two outputs tell the seed.
///
/// ```swift
/// var random = SplitMix64(seed: 1_234_567)
/// random.next()  // 6_457_827_717_110_365_317
/// ```
public struct SplitMix64: RandomNumberGenerator, Sendable {
    /// The increment of the state: 2^64 divided by the golden ratio, odd.
    public static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var state: UInt64

    /// Equal seeds give equal sequences.
    public init(seed: UInt64) { state = seed }

    /// Returns the next number of the sequence.
    public mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// A number below the bound; the tiny bias of a remainder does not matter to a sample.
    public mutating func next(below bound: UInt64) -> UInt64 { next() % bound }

    /// One of the elements; nil of none.
    public mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[Int(next(below: UInt64(elements.count)))]
    }

    /// The finaliser: each bit of the number changes about half the bits of the result, and no two numbers share one.
    public static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
