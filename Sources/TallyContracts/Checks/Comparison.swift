// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One of the standard's operators with its threshold, such as `mustBeLessThan: 5`; `between` is closed at both ends.
struct Comparison: Sendable {
    /// The operator's name.
    let name: String
    private let low: DecimalNumber
    private let high: DecimalNumber
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
        let numbers = (value.arrayValue ?? [value]).compactMap { Bounds.number($0) }
        guard numbers.count == (name.hasSuffix("Between") ? 2 : 1), let low = numbers.first, let high = numbers.last
        else { return nil }
        self.name = name
        self.low = low
        self.high = high
        written = value.arrayValue?.map(\.compactText).joined(separator: " and ") ?? value.compactText
    }

    /// Whether a float keeps the promise, compared with the floats nearest to the thresholds.
    ///
    /// NaN keeps none but `mustNotBe`.
    func holds(_ number: Double) -> Bool {
        holds { threshold in
            guard !number.isNaN, let threshold = Double(threshold.description) else { return nil }
            return Self.side(of: number, threshold)
        }
    }

    /// Whether a decimal number keeps the promise, digit by digit.
    func holds(_ number: DecimalNumber) -> Bool { holds { Self.side(of: number, $0) } }

    /// Whether a count keeps the promise.
    func holds(_ count: Int) -> Bool { holds(DecimalNumber(count)) }

    /// Whether a part of a whole, in percent, keeps the promise: exactly, so that 29 of 100 are 29 %.
    func holds(percent part: Int, of whole: Int) -> Bool {
        precondition(whole > 0, "a share of \(whole)")
        let hundredfold = DecimalNumber(part) * 100
        return holds { Self.side(of: hundredfold, $0 * whole) }
    }

    /// Whether every threshold is the shortest text of some float, so that floats order them as they are.
    var isExactInFloats: Bool {
        [low, high].allSatisfy { Double($0.description).flatMap(DecimalNumber.init(shortest:)) == $0 }
    }

    /// Whether a number keeps the promise that lies on these sides of thresholds; nil for a number without order.
    private func holds(_ side: (DecimalNumber) -> Int?) -> Bool {
        guard let low = side(low), let high = side(high) else { return name == "mustNotBe" }
        return switch name {
        case "mustBe": low == 0
        case "mustNotBe": low != 0
        case "mustBeGreaterThan": low > 0
        case "mustBeGreaterOrEqualTo": low >= 0
        case "mustBeLessThan": low < 0
        case "mustBeLessOrEqualTo": low <= 0
        case "mustBeBetween": low >= 0 && high <= 0
        default: !(low >= 0 && high <= 0)
        }
    }

    private static func side<Number: Comparable>(of number: Number, _ threshold: Number) -> Int {
        number < threshold ? -1 : number == threshold ? 0 : 1
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
