// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ValueSet {
    /// Whether every value passes a test, null included; true is a proof, false is none.
    func passes(_ kind: RowTest.Kind) -> Bool {
        if case .required = kind { return !mayBeNull }
        let rule = try? RowRule.compile(RowTest("x", kind), columns: [ColumnSchema(name: "x", type: form.type)]).get()
        guard let rule, extra.allSatisfy({ value in !rule.fails { _ in value } }) else { return false }
        if let values { return values.allSatisfy { value in !rule.fails { _ in value } } }
        switch kind {
        case .required: return !mayBeNull
        case .integers(let range):
            guard let mine = Self.integers(form.type, kinds) else { return false }
            return range.lowerBound <= mine.lowerBound && range.upperBound >= mine.upperBound
        case .floats(let interval): return lies(in: interval)
        case .finite(let nan, let infinity): return isFinite(nan, infinity)
        case .decimals(let interval):
            return kinds.contains { mine in
                guard case .decimals(let own) = mine else { return false }
                return Self.contains(interval, own)
            } || Self.contains(interval, meeting)
        case .multipleOf(let divisor): return isMultiple(of: divisor)
        case .length(let range):
            return range == 0...Int.max
                || kinds.contains { mine in
                    if case .length(let own) = mine {
                        return range.lowerBound <= own.lowerBound && range.upperBound >= own.upperBound
                    }
                    return false
                } || lengthPattern(range).map(matches) ?? false
        case .pattern(let text): return (try? Pattern(text.text)).map(matches) ?? false
        case .items(let range):
            return kinds.contains { mine in
                if case .items(let own) = mine {
                    return range.lowerBound <= own.lowerBound && range.upperBound >= own.upperBound
                }
                return false
            }
        case .unitLength(let tolerance):
            return kinds.contains { if case .unitLength(let own) = $0 { own <= tolerance } else { false } }
        case .whole, .among, .notAmong, .distinctItems, .fullItems, .notLaterThan, .expression:
            return kinds.contains(kind)
        }
    }

    /// The smallest interval of floats that the tests leave; nil when NaN is left as well.
    var floats: RowTest.Interval? {
        var (lower, upper) = (-Double.infinity, Double.infinity)
        var isBounded = false
        for kind in kinds {
            switch kind {
            case .floats(let own):
                isBounded = true
                lower = max(lower, closed(own.lower, own.isLowerOpen, up: true))
                upper = min(upper, closed(own.upper, own.isUpperOpen, up: false))
            case .finite(let nan, let infinity):
                isBounded = isBounded || nan
                guard infinity else { continue }
                lower = max(
                    lower, form.type == .float32 ? Double(-Float.greatestFiniteMagnitude) : -.greatestFiniteMagnitude)
                upper = min(
                    upper, form.type == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude)
            case .required, .integers, .decimals, .whole, .multipleOf, .length, .pattern, .among, .notAmong, .items,
                .distinctItems, .fullItems, .unitLength, .notLaterThan, .expression:
                break
            }
        }
        return isBounded ? RowTest.Interval(lower: lower, upper: upper) : nil
    }

    /// The nearest float of the column's type inside an end.
    private func closed(_ end: Double, _ isOpen: Bool, up: Bool) -> Double {
        guard isOpen else { return end }
        if form.type == .float32 { return Double(up ? Float(end).nextUp : Float(end).nextDown) }
        return up ? end.nextUp : end.nextDown
    }

    private func lies(in interval: RowTest.Interval) -> Bool {
        guard let own = floats else { return false }
        return own.lower >= closed(interval.lower, interval.isLowerOpen, up: true)
            && own.upper <= closed(interval.upper, interval.isUpperOpen, up: false)
    }

    private func isFinite(_ refusesNaN: Bool, _ refusesInfinity: Bool) -> Bool {
        if form.type == .float32 || form.type == .float64 {
            guard let own = floats else { return !refusesNaN && !refusesInfinity }
            return !refusesInfinity || own.lower > -.infinity && own.upper < .infinity
        }
        return kinds.contains { kind in
            guard case .finite(let nan, let infinity) = kind else { return false }
            return (nan || !refusesNaN) && (infinity || !refusesInfinity)
        }
    }

    private func isMultiple(of divisor: DecimalNumber) -> Bool {
        let listed = kinds.contains { kind in
            guard case .multipleOf(let own) = kind else { return false }
            return own.isMultiple(of: divisor)
        }
        guard !listed, form.type == .int32 || form.type == .int64, let one = DecimalNumber("1") else { return listed }
        return one.isMultiple(of: divisor)
    }

    /// All intervals of decimals at once.
    private var meeting: RowTest.DecimalInterval {
        var meeting = RowTest.DecimalInterval(lower: nil, upper: nil)
        for case .decimals(let own) in kinds {
            if let lower = own.lower, meeting.lower.map({ lower > $0 || lower == $0 && own.isLowerOpen }) ?? true {
                meeting = RowTest.DecimalInterval(
                    lower: lower, isLowerOpen: own.isLowerOpen, upper: meeting.upper, isUpperOpen: meeting.isUpperOpen)
            }
            if let upper = own.upper, meeting.upper.map({ upper < $0 || upper == $0 && own.isUpperOpen }) ?? true {
                meeting = RowTest.DecimalInterval(
                    lower: meeting.lower, isLowerOpen: meeting.isLowerOpen, upper: upper, isUpperOpen: own.isUpperOpen)
            }
        }
        return meeting
    }

    private static func contains(_ outer: RowTest.DecimalInterval, _ inner: RowTest.DecimalInterval) -> Bool {
        if let lower = outer.lower {
            guard let own = inner.lower, own > lower || own == lower && (!outer.isLowerOpen || inner.isLowerOpen) else {
                return false
            }
        }
        if let upper = outer.upper {
            guard let own = inner.upper, own < upper || own == upper && (!outer.isUpperOpen || inner.isUpperOpen) else {
                return false
            }
        }
        return true
    }

    /// Whether one of the tests is of a language that the pattern contains.
    private func matches(_ pattern: Pattern) -> Bool {
        Self.languages(kinds).contains { pattern.contains($0) == .yes }
    }

    private func lengthPattern(_ range: ClosedRange<Int>) -> Pattern? { Self.lengthPattern(range) }

    /// The texts of some lengths, as a pattern; nil for lengths that no automaton of ours holds.
    static func lengthPattern(_ range: ClosedRange<Int>) -> Pattern? {
        let upper = range.upperBound == .max ? "" : String(range.upperBound)
        guard range.lowerBound <= 1000, range.upperBound == .max || range.upperBound <= 1000 else { return nil }
        return try? Pattern("^[\\s\\S]{\(range.lowerBound),\(upper)}$")
    }

    /// The patterns that every text has a match of.
    static func languages(_ kinds: [RowTest.Kind]) -> [Pattern] {
        kinds.compactMap { kind in
            switch kind {
            case .pattern(let text): try? Pattern(text.text)
            case .length(let range): lengthPattern(range)
            case .required, .finite, .integers, .floats, .decimals, .whole, .multipleOf, .among, .notAmong, .items,
                .distinctItems, .fullItems, .unitLength, .notLaterThan, .expression:
                nil
            }
        }
    }
}
