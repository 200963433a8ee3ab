// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// Derives rules from the statistics of a column.
struct RuleFinder {
    let column: TableContext.Found
    let options: ContractProposal.Options

    /// Whether the column numbers things, by its name, so that the numbers go on.
    private var isNumbering: Bool {
        guard column.type == .int32 || column.type == .int64 || column.isDecimal else { return false }
        let name = column.name.lowercased()
        let words = name.split { !($0.isLetter || $0.isNumber) }.map(String.init)
        let isCamel = ["Id", "ID", "Key", "Number"].contains { column.name.hasSuffix($0) }
        return isCamel
            || ["id", "key", "number", "no", "nr", "seq", "sequence", "index", "version", "offset"]
                .contains(words.last ?? "")
    }

    /// The type of the standard that holds the column; nil when there is none.
    ///
    /// Lists are vectors when all of them have one length, see `vector`.
    var logicalType: LogicalType? {
        let types: [LogicalType] = [.boolean, .integer, .number, .date, .timestamp, .string, .object, .array]
        if column.nativeType.hasPrefix("TIME"), column.type == .string { return .time }
        return types.first { $0.accepts(column) }
    }

    /// Returns the rules that are proposed whatever the data, since a reader would assume something else without them.
    func typeRules(_ seen: ColumnProfile, isEnough: Bool) -> [ProposedRule] {
        var rules: [ProposedRule] = []
        if logicalType == .number || isEnough && vector(seen) != nil {
            rules.append(rule(.finite(allowsNaN: seen.nans > 0, allowsInfinity: seen.infinities > 0)))
        }
        // Without a format the standard takes integers for 32 bits.
        if column.type == .int64, !column.isText { rules.append(rule(.numberFormat("i64"))) }
        return rules
    }

    /// Returns the rules that the values suggest, given enough rows.
    func valueRules(_ seen: ColumnProfile) -> [ProposedRule] {
        var rules: [ProposedRule] = []
        if seen.nulls == 0 {
            rules.append(rule(.required))
        } else if let percent = Self.nullBound(seen) {
            rules.append(rule(.nulls(percent: percent)))
        }
        rules += [vector(seen), range(seen), form(seen), length(seen), values(seen)].compactMap { $0 }.map(rule)
        return rules
    }

    private func rule(_ kind: ProposedRule.Kind) -> ProposedRule { ProposedRule(column: column.name, kind: kind) }

    /// Half more nulls than were seen, and the three in n that may hide behind none (rule of three: Hanley, Lippman-Hand,
    /// "If nothing goes wrong, is everything all right?", JAMA 249, 1983); nil when that is no bound.
    static func nullBound(_ seen: ColumnProfile) -> Double? {
        guard seen.rows > 0 else { return nil }
        let percent = Margin.up((1.5 * Double(seen.nulls) + 3) / Double(seen.rows) * 100)
        return percent < 100 ? percent : nil
    }

    /// Bounds of numbers and times; NaN lies outside every range, so a column with NaN has none.
    func range(_ seen: ColumnProfile, low: Bool = true, high: Bool = true) -> ProposedRule.Kind? {
        let bounds: (minimum: JSON?, maximum: JSON?)
        switch column.type {
        case .date, .timestamp:
            guard let times = seen.integers else { return nil }
            bounds = timeBounds(times)
        case .int32, .int64, .float32, .float64, .string:
            // What numbers rows has no end that tomorrow keeps.
            if isNumbering { return nil }
            guard let extent = seen.extent, seen.nans == 0, seen.infinities == 0,
                max(extent.lowerBound.magnitude, extent.upperBound.magnitude) <= 9_007_199_254_740_992
                    || column.type.isFloat,
                let wide = Margin.around(extent, isWhole: column.type == .int32 || column.type == .int64)
            else { return nil }
            bounds = (.number(wide.lowerBound), .number(wide.upperBound))
        case .bool, .bytes, .array: return nil
        }
        let kind = ProposedRule.Kind.range(minimum: low ? bounds.minimum : nil, maximum: high ? bounds.maximum : nil)
        return kind == .range(minimum: nil, maximum: nil) ? nil : kind
    }

    /// Bounds of times; no upper one, since times go on.
    private func timeBounds(_ seen: ClosedRange<Int64>) -> (JSON?, JSON?) {
        let day: Int64 = column.type == .date ? 1 : 86_400_000_000
        return (Margin.around(times: seen, day: day).flatMap { text($0.lowerBound) }, nil)
    }

    /// A time as a bound is written; nil for one beyond the years that have four digits.
    private func text(_ time: Int64) -> JSON? {
        if column.type == .date {
            guard let days = Int32(exactly: time) else { return nil }
            let text = CalendarDate(days: days).description
            return CalendarDate(text)?.days == days ? .string(text) : nil
        }
        let text = Timestamp(microseconds: time).description
        return Timestamp(text)?.microseconds == time ? .string(text) : nil
    }

    private func vector(_ seen: ColumnProfile) -> ProposedRule.Kind? {
        guard case .array(let element) = column.type, element.isFloat, !seen.hasNullElement, let lengths = seen.lengths,
            lengths.lowerBound == lengths.upperBound, lengths.lowerBound > 1
        else { return nil }
        return .vector(dimensions: lengths.lowerBound, elementType: element.name)
    }

    private var isText: Bool { column.type == .string && logicalType == .string }

    /// A form that all texts have, when there are enough different ones.
    private func form(_ seen: ColumnProfile) -> ProposedRule.Kind? {
        guard isText, seen.values.count >= 20, let form = seen.forms.first else { return nil }
        return .form(form.name)
    }

    /// Returns a rule on the length of texts; nil when there is only one distinct text, which says nothing of others.
    func length(_ seen: ColumnProfile) -> ProposedRule.Kind? {
        guard isText, let lengths = seen.lengths, lengths.upperBound > 0, seen.values.count > 1 else { return nil }
        return .length(Margin.around(lengths: lengths))
    }

    /// The list of values, when they are few, each was seen often and most rows repeat another.
    private func values(_ seen: ColumnProfile) -> ProposedRule.Kind? {
        guard isText || column.type == .int32 || column.type == .int64, !seen.values.isOver, seen.values.count > 1,
            seen.values.leastCount >= options.leastOccurrences, seen.values.count * 20 <= seen.present
        else { return nil }
        let values = seen.values.all.sorted { Self.precedes($0, $1) }.map(\.json)
        // Beyond 2^53 a number is not the same in every reader.
        guard isText || values.allSatisfy({ $0.intValue != nil }) else { return nil }
        return .values(values, leastCount: seen.values.leastCount)
    }

    private static func precedes(_ left: Value, _ right: Value) -> Bool {
        if case .string(let left) = left, case .string(let right) = right {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return (left.json.intValue ?? 0) < (right.json.intValue ?? 0)
    }
}

extension DataType {
    /// Whether values are floats.
    var isFloat: Bool { self == .float32 || self == .float64 }
}
