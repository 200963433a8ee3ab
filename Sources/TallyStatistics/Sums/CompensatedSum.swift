// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The sum of floats, with an error of about one rounding.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen" (1974). Of no numbers it
/// is 0; NaN and infinities are what plain addition makes of them. The order of the numbers may change the last bit.
///
/// ```swift
/// var sum = CompensatedSum()
/// for number in [1e100, 1, -1e100] { sum.add(number) }
/// sum.rounded  // 1, where plain addition gives 0
/// ```
public struct CompensatedSum: Sendable {
    private var sum = 0.0
    private var correction = 0.0

    /// Starts at zero.
    public init() {}

    /// Adds the next number.
    public mutating func add(_ number: Double) {
        let next = sum + number
        correction += sum.magnitude >= number.magnitude ? (sum - next) + number : (number - next) + sum
        sum = next
    }

    /// The sum, rounded to a float.
    public var rounded: Double { correction.isFinite ? sum + correction : sum }
}
