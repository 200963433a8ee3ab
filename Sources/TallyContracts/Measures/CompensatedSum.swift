// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The sum of floats, compensated (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974).
struct CompensatedSum: Sendable {
    private var sum = 0.0
    private var correction = 0.0

    /// Adds the next number.
    mutating func add(_ number: Double) {
        let next = sum + number
        correction += sum.magnitude >= number.magnitude ? (sum - next) + number : (number - next) + sum
        sum = next
    }

    /// The sum with an error of about one rounding; NaN and infinities as addition gives them.
    var rounded: Double { correction.isFinite ? sum + correction : sum }
}
