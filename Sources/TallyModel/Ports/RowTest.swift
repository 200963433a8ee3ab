// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A test that each row of a table passes or fails by itself: the smallest step of a promise about values.
///
/// It is resolved against the type of its column, so that no engine has to guess how a bound is read. A null passes every
/// test but `required`; NaN fails `floats`, and passes `multipleOf` and `among`, since `finite` is there to refuse it.
/// Zero has no sign: −0.0 passes where 0.0 does.
public struct RowTest: Sendable, Hashable {
    /// The condition that a test checks.
    public enum Kind: Sendable, Hashable {
        /// The value is there.
        case required
        /// The value is no NaN, or no infinity, or neither. float32, float64 and arrays of them.
        case finite(refusesNaN: Bool, refusesInfinity: Bool)
        /// The value lies in a closed range. int32, int64, and the numbers behind date (days) and timestamp (microseconds).
        case integers(ClosedRange<Int64>)
        /// The value lies in an interval. float32 and float64; an interval for float32 has float32 ends.
        case floats(Interval)
        /// The value, a decimal number as text, lies in an interval; compared digit by digit, never as a float.
        case decimals(DecimalInterval)
        /// The value is a whole number. float32 and float64; NaN and infinity fail.
        case whole
        /// The value is a multiple of a decimal number, judged on the shortest decimal text of the value.
        case multipleOf(DecimalNumber)
        /// The text has so many Unicode code points.
        case length(ClosedRange<Int>)
        /// The text has a match of a pattern anywhere; anchors say where.
        case pattern(PatternText)
        /// The value is one of these, all of the column's type.
        case among(Set<Value>)
        /// The value is none of these, all of the column's type.
        case notAmong(Set<Value>)
        /// The list has so many elements. arrays.
        case items(ClosedRange<Int>)
        /// No element of the list stands in it twice. arrays.
        case distinctItems
        /// No element of the list is null. arrays.
        case fullItems
        /// The list's Euclidean length is 1, but for so much. arrays of numbers.
        case unitLength(tolerance: Double)
        /// The time is not later than that of another column, plus so many microseconds. A null there passes.
        case notLaterThan(column: String, plus: TimeSpan)
        /// An expression over the row is true. Null passes, as in a SQL check constraint.
        case expression(String)
    }

    /// An interval of floats; an infinite end is no bound.
    public struct Interval: Sendable, Hashable {
        /// The lower end.
        public let lower: Double
        /// Whether the lower end itself is outside.
        public let isLowerOpen: Bool
        /// The upper end.
        public let upper: Double
        /// Whether the upper end itself is outside.
        public let isUpperOpen: Bool

        /// Makes an interval; no end is NaN.
        public init(lower: Double, isLowerOpen: Bool = false, upper: Double, isUpperOpen: Bool = false) {
            precondition(!lower.isNaN && !upper.isNaN, "an interval from \(lower) to \(upper)")
            self.lower = lower
            self.isLowerOpen = isLowerOpen
            self.upper = upper
            self.isUpperOpen = isUpperOpen
        }

        /// Whether a number lies inside; NaN never does.
        public func contains(_ value: Double) -> Bool {
            (isLowerOpen ? value > lower : value >= lower) && (isUpperOpen ? value < upper : value <= upper)
        }
    }

    /// An interval of decimal numbers; a missing end is no bound.
    public struct DecimalInterval: Sendable, Hashable {
        /// The lower end.
        public let lower: DecimalNumber?
        /// Whether the lower end itself is outside.
        public let isLowerOpen: Bool
        /// The upper end.
        public let upper: DecimalNumber?
        /// Whether the upper end itself is outside.
        public let isUpperOpen: Bool

        /// Makes an interval.
        public init(
            lower: DecimalNumber?, isLowerOpen: Bool = false, upper: DecimalNumber?, isUpperOpen: Bool = false
        ) {
            self.lower = lower
            self.isLowerOpen = isLowerOpen
            self.upper = upper
            self.isUpperOpen = isUpperOpen
        }

        /// Whether a number lies inside.
        public func contains(_ value: DecimalNumber) -> Bool {
            if let lower, isLowerOpen ? value <= lower : value < lower { return false }
            if let upper, isUpperOpen ? value >= upper : value > upper { return false }
            return true
        }
    }

    /// A regular expression as it was written, and as an engine with RE2's syntax understands it.
    public struct PatternText: Sendable, Hashable {
        /// The text in the syntax of ECMA-262.
        public let text: String
        /// The same language in RE2's syntax; nil when RE2 cannot express it.
        public let engineText: String?

        /// Makes a pattern of its text and of the same language in RE2's syntax.
        public init(text: String, engineText: String?) {
            self.text = text
            self.engineText = engineText
        }

        /// Whether two patterns are written alike, byte by byte: a composed letter is another one than its parts.
        public static func == (left: PatternText, right: PatternText) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        /// Hashes the text by its bytes.
        public func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
    }

    /// The column that is tested; nil for an expression over the row.
    public let column: String?
    /// The condition that the test checks.
    public let kind: Kind

    /// Declares a test.
    public init(_ column: String?, _ kind: Kind) {
        self.column = column
        self.kind = kind
    }
}
