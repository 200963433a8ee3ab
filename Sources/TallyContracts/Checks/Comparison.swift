// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One of the standard's operators with its threshold, such as `mustBeLessThan: 5`; `between` is closed at both ends.
struct Comparison: Sendable {
    /// The operator's name.
    let name: String
    private let low: Double
    private let high: Double
    /// The threshold as it was written.
    private let written: String

    /// The operators of the standard.
    static let names = [
        "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
        "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
    ]

    /// Reads the one operator among a promise's arguments; nil when there is none, or its threshold is no number.
    init?(_ arguments: [String: JSON]) {
        guard let name = Self.names.first(where: { arguments[$0] != nil }), let value = arguments[name] else {
            return nil
        }
        let numbers = (value.arrayValue ?? [value]).compactMap { Bounds.number($0).flatMap { Double($0.description) } }
        guard numbers.count == (name.hasSuffix("Between") ? 2 : 1), let low = numbers.first, let high = numbers.last
        else { return nil }
        self.name = name
        self.low = low
        self.high = high
        written = value.arrayValue?.map(\.compactText).joined(separator: " and ") ?? value.compactText
    }

    /// Whether a number keeps the promise; NaN keeps none but `mustNotBe`.
    func holds(_ number: Double) -> Bool {
        switch name {
        case "mustBe": number == low
        case "mustNotBe": number != low
        case "mustBeGreaterThan": number > low
        case "mustBeGreaterOrEqualTo": number >= low
        case "mustBeLessThan": number < low
        case "mustBeLessOrEqualTo": number <= low
        case "mustBeBetween": number >= low && number <= high
        default: !number.isNaN && !(number >= low && number <= high)
        }
    }

    /// The promise in words: `less than 5`.
    var words: String {
        switch name {
        case "mustBe": written
        case "mustNotBe": "not \(written)"
        case "mustBeGreaterThan": "more than \(written)"
        case "mustBeGreaterOrEqualTo": "at least \(written)"
        case "mustBeLessThan": "less than \(written)"
        case "mustBeLessOrEqualTo": "at most \(written)"
        case "mustBeBetween": "between \(written)"
        default: "not between \(written)"
        }
    }
}
