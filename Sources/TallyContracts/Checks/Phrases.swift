// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Counts and shares in the words of findings.
enum Phrases {
    /// `1 row`, `2 rows`.
    static func count(_ number: Int, _ noun: String) -> String { "\(number.grouped) \(noun)\(number == 1 ? "" : "s")" }

    /// A part of a whole in percent with up to four digits behind the point, never rounded to none or to all.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let exact = Double(part) / Double(whole) * 100
        let rounded = (exact * 10_000).rounded() / 10_000
        if part > 0, rounded == 0 { return "below 0.0001 %" }
        if part < whole, rounded == 100 { return "above 99.9999 %" }
        return number(rounded) + " %"
    }

    /// A share in percent as it was written: `29` for 0.29.
    static func percent(_ share: Double) -> String {
        DecimalNumber(shortest: share).map { ($0 * 100).description } ?? share.description
    }

    /// A number without a needless point.
    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : value.description
    }

    /// Names in quotes: `'a', 'b'`.
    static func names(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
}
