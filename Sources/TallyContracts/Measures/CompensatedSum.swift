// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The sum of floats, compensated (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974).
enum CompensatedSum {
    /// The sum with an error of about one rounding; NaN and infinities as addition gives them.
    static func rounded(_ numbers: [Double]) -> Double {
        var sum = 0.0
        var correction = 0.0
        for number in numbers {
            let next = sum + number
            correction += sum.magnitude >= number.magnitude ? (sum - next) + number : (number - next) + sum
            sum = next
        }
        return correction.isFinite ? sum + correction : sum
    }
}
