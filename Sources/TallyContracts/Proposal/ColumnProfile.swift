// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The statistics of a column over some rows: counts, extremes and a few values, in space that does not grow with the
/// rows.
struct ColumnProfile: Sendable {
    /// The most hashes that are kept to tell columns that may be keys from those that cannot.
    static let sampleSize = 4_096

    let type: DataType
    let isDecimal: Bool
    /// The number of rows.
    var rows = 0
    /// The number of rows that are null.
    var nulls = 0
    /// The number of rows with NaN, in a list at least once.
    var nans = 0
    /// The number of rows with an infinity, in a list at least once.
    var infinities = 0
    /// The extremes of integers, of the days of dates, of the microseconds of timestamps.
    var integers: ClosedRange<Int64>?
    /// The extremes of floats, without NaN and infinities.
    var floats: ClosedRange<Double>?
    /// The extremes of decimals.
    var decimals: ClosedRange<DecimalNumber>?
    /// The extremes of code points in a text, or of elements in a list.
    var lengths: ClosedRange<Int>?
    /// Whether a list has a null in it.
    var hasNullElement = false
    /// The different values of integers and texts, as long as they are few.
    var values: FewValues
    /// The forms of text that every text so far has.
    var forms: [Form]
    /// Hashes of the first values; nil for null.
    var sample: [UInt64?] = []

    /// A form of text that has not failed yet.
    struct Form: Sendable {
        let name: String
        var matcher: Pattern.Matcher
    }

    /// The forms that say something, from the narrowest; nearly every word is a host's name.
    private static let formNames = ["uuid", "ipv4", "ipv6", "email", "date-time", "date", "time", "uri"]

    init(_ column: TableContext.Found, _ options: ContractProposal.Options) {
        type = column.type
        isDecimal = column.isDecimal
        values = FewValues(limit: options.mostValues)
        forms =
            column.type == .string && !column.isDecimal
            ? Self.formNames.compactMap { name in
                guard let text = TextForm.patterns[name], let pattern = try? Pattern(text) else { return nil }
                return Form(name: name, matcher: pattern.matcher())
            } : []
    }

    /// The number of values.
    var present: Int { rows - nulls }
    /// The number of values that are neither NaN nor an infinity, for a column of numbers.
    var finite: Int { present - nans - infinities }

    /// The extremes on the line of floats; nil without values.
    var extent: ClosedRange<Double>? {
        if let integers { return Double(integers.lowerBound)...Double(integers.upperBound) }
        if let floats { return floats }
        guard let decimals, let low = Double(decimals.lowerBound.description),
            let high = Double(decimals.upperBound.description), low <= high
        else { return nil }
        return low...high
    }

    /// Returns the statistics of both; an end that lies farther out in the other may be left out of the extremes.
    func merging(_ other: Self, low: Bool = true, high: Bool = true) -> Self {
        var both = self
        both.rows += other.rows
        both.nulls += other.nulls
        both.nans += other.nans
        both.infinities += other.infinities
        both.integers = Self.union(integers, other.integers, low, high)
        both.floats = Self.union(floats, other.floats, low, high)
        both.decimals = Self.union(decimals, other.decimals, low, high)
        both.lengths = Self.union(lengths, other.lengths, low, high)
        both.hasNullElement = hasNullElement || other.hasNullElement
        return both
    }

    private static func union<Bound: Comparable>(
        _ mine: ClosedRange<Bound>?, _ other: ClosedRange<Bound>?, _ low: Bool, _ high: Bool
    ) -> ClosedRange<Bound>? {
        guard let mine else { return other }
        guard let other else { return mine }
        let lower = low ? min(mine.lowerBound, other.lowerBound) : mine.lowerBound
        let upper = high ? max(mine.upperBound, other.upperBound) : mine.upperBound
        return lower...upper
    }
}

/// The different values of a column and how often each was seen, until there are too many.
struct FewValues: Sendable {
    private let limit: Int
    private var counts: [UInt64: (value: Value, count: Int)] = [:]
    /// Whether there are more than the limit; nothing is known of them then.
    private(set) var isOver = false

    init(limit: Int) { self.limit = limit }

    /// The number of distinct values; one more than the limit stands for any number above.
    var count: Int { isOver ? limit + 1 : counts.count }
    /// The number of times that the rarest value occurred.
    var leastCount: Int { counts.values.map(\.count).min() ?? 0 }
    /// The values, without an order.
    var all: [Value] { counts.values.map(\.value) }

    /// Counts a value; two with one hash are taken for the same, which the pass over all rows would notice.
    mutating func add(_ hash: UInt64, _ value: @autoclosure () -> Value) {
        guard !isOver else { return }
        if let known = counts[hash] {
            counts[hash] = (known.value, known.count + 1)
        } else if counts.count == limit {
            isOver = true
            counts = [:]
        } else {
            counts[hash] = (value(), 1)
        }
    }
}
