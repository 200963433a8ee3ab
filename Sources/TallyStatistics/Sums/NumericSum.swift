// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The sum of numbers of one kind: exact for integers, compensated for floats.
public struct NumericSum: Sendable {
    /// The number of numbers that were added.
    public private(set) var count = 0
    private var integers: Int128 = 0
    private var floats = CompensatedSum()

    /// Starts without a number.
    public init() {}

    /// Adds an integer, exactly: 2^64 of them fit.
    public mutating func add(_ number: Int64) {
        integers += Int128(number)
        count += 1
    }

    /// Adds a float.
    public mutating func add(_ number: Double) {
        floats.add(number)
        count += 1
    }

    /// The sum, rounded once; nil of no numbers.
    public var rounded: Double? {
        guard count > 0 else { return nil }
        // One of the two is zero: a column has one type.
        return integers == 0 ? floats.rounded : Double(integers)
    }
}
