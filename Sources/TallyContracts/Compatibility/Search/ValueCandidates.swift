// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Values of a column at which two contracts may part: around every number, length, text and pattern that either writes.
struct ValueCandidates {
    private let name: String
    private let promises: [Promise]
    private let types: [ColumnForm]
    /// Whether the contracts may differ at this column, so that their patterns are compared.
    private let isThorough: Bool

    /// Finds values of a column of either side's table; plain ones suffice where the sides do not differ.
    init(of name: String, sides: [TableSide], isThorough: Bool) {
        self.name = name
        self.isThorough = isThorough
        promises = sides.flatMap { side in
            (side.object?.promises ?? []).filter { side.columns(of: $0)?.contains(ExactName(name)) ?? true }
        }
        types = sides.flatMap { side in side.column(name).map(side.forms) ?? [] }
    }

    /// The values of one form, the plainest first, null last.
    func values(_ form: ColumnForm) -> [Value] {
        var seen = Set<Value>()
        return (values(form, depth: 0) + [.null]).filter { seen.insert($0).inserted }
    }

    private func values(_ form: ColumnForm, depth: Int) -> [Value] {
        let own = listed.compactMap { ValueList.value($0, as: form.type) }
        switch form.type {
        case .bool: return [.bool(true), .bool(false)]
        case .int32: return own + integers.compactMap { Int32(exactly: $0).map { .int32($0) } }
        case .int64: return own + integers.map { .int64($0) }
        case .float32: return own + floats.map { .float32(Float($0)) } + around32
        case .float64: return own + floats.map { .float64($0) }
        case .string: return own + texts(form)
        case .bytes: return [.bytes([]), .bytes([1])]
        case .timestamp: return own + instants.map { .timestamp(Timestamp(microseconds: $0)) }
        case .date:
            return own + days.compactMap { Int32(exactly: $0).map { .date(CalendarDate(days: $0)) } }
        case .array: return own + lists(form, depth: depth)
        }
    }

    private func argument(_ name: String, of checks: String...) -> [JSON] {
        promises.filter { checks.contains($0.check) }.compactMap { $0.arguments[name] }
    }

    /// Values that are written as such.
    private var listed: [JSON] {
        (argument("values", of: "enum") + argument("valid", of: "invalidValues")
            + argument("validValues", of: "invalidValues") + argument("missing", of: "missingValues")
            + argument("missingValues", of: "missingValues"))
            .flatMap { $0.arrayValue ?? [$0] } + literals.map { JSON.string($0) }
    }

    private static let ends = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]

    private var ends: [JSON] { Self.ends.flatMap { argument($0, of: "range") } }

    /// Numbers that are written anywhere, in the order of the promises.
    private var written: [DecimalNumber] {
        let thresholds = promises.flatMap(NumberSet.thresholds).map { JSON.double($0) }
        return (ends + listed + argument("value", of: "multipleOf") + thresholds).compactMap(Bounds.number)
            + expressions.flatMap { $0.split { !($0.isNumber || $0 == ".") }.compactMap { DecimalNumber($0) } }
    }

    private var divisors: [Double] {
        argument("value", of: "multipleOf").compactMap { Bounds.number($0).flatMap { Double($0.description) } }
            .filter { $0 > 0 }
    }

    private var expressions: [String] { argument("expression", of: "expression").compactMap(\.stringValue) }

    /// Texts in quotes inside expressions.
    private var literals: [String] {
        expressions.flatMap { text in
            text.parts(by: "'", keepingEmpty: true).enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
        }
    }

    private static let limits: [Int64] = [
        1, 0, 2, 3, -1, 10, 100, 127, 128, -128, -129, 255, 256, 32_767, 32_768, -32_769, 65_535, 65_536, 16_777_217,
        2_147_483_647, 2_147_483_648, -2_147_483_649, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_993,
        -9_007_199_254_740_993, .max, .min,
    ]

    private var integers: [Int64] {
        var numbers: [Int64] = []
        for number in written {
            guard let floor = number.floor?.value else { continue }
            numbers += [floor, floor &+ 1, floor &- 1, floor &+ 2]
        }
        let bounds = numbers.prefix(12)
        for (index, first) in bounds.enumerated() {
            for second in bounds.dropFirst(index + 1) { numbers.append(first / 2 + second / 2) }
        }
        numbers += Self.limits
        for divisor in divisors.compactMap({ Int64(exactly: $0) }) {
            for number in numbers.prefix(40) {
                let (down, overflow) = number.subtractingReportingOverflow(number % divisor)
                if !overflow { numbers += [down, down &+ divisor] }
            }
        }
        return numbers
    }

    private var floats: [Double] {
        var numbers = written.compactMap { Double($0.description) }
        let bounds = numbers.prefix(12)
        for (index, first) in bounds.enumerated() {
            for second in bounds.dropFirst(index + 1) { numbers.append(first / 2 + second / 2) }
        }
        for divisor in divisors {
            for number in numbers.prefix(20) {
                let down = (number / divisor).rounded(.down) * divisor
                numbers += [down, down + divisor, down + divisor * 2, divisor, divisor * 3]
            }
        }
        numbers += bounds.flatMap { [$0 + 1, $0 - 1, $0 + 0.5, $0 - 0.5, $0.nextUp, $0.nextDown] }
        return [1, 0] + numbers
            + [
                0.5, 1.5, -1, 0.1, -0.5, 100, 1e6, 16_777_217, 9_007_199_254_740_992, -1e9, 1e300, -1e300, .nan,
                .infinity, -.infinity,
            ]
    }

    private var around32: [Value] {
        written.compactMap { Float($0.description) }.flatMap { [.float32($0.nextUp), .float32($0.nextDown)] }
    }

    /// A thousand years: times that lie farther away are left to the bounds.
    static let longestSpan: Int64 = 31_536_000_000_000_000

    private var instants: [Int64] {
        let now = TableSide.now.microseconds
        let skews = argument("skew", of: "notInFuture").compactMap(\.exactValue)
            .filter { $0.magnitude <= Self.longestSpan }
        let limits = argument("limit", of: "freshness", "latency", "frequency").compactMap(\.exactValue)
            .filter { $0.magnitude <= Self.longestSpan }
        let bounds = ends.compactMap(\.stringValue).compactMap { text in
            Timestamp(text)?.microseconds ?? CalendarDate(text).map { Int64($0.days) * 86_400_000_000 }
        }
        var instants = [now, now - 1, now + 1, now - 86_400_000_000]
        for skew in skews { instants += [now + skew, now + skew + 1, now + skew - 1] }
        for bound in bounds { instants += [bound, bound &+ 1, bound &- 1] }
        for limit in limits { instants += [now - limit, now - limit - 1] }
        return instants + [0, now + 86_400_000_000]
    }

    private var days: [Int64] {
        let today = TableSide.now.microseconds / 86_400_000_000
        let bounds = ends.compactMap(\.stringValue).compactMap { CalendarDate($0).map { Int64($0.days) } }
        return [today] + bounds.flatMap { [$0, $0 + 1, $0 - 1] } + [today - 1, 0]
    }

    private func lists(_ form: ColumnForm, depth: Int) -> [Value] {
        guard let element = form.element, depth == 0 else { return [.array([])] }
        let written =
            ["minimum", "maximum"].flatMap { argument($0, of: "items") } + argument("dimensions", of: "vector")
        let sizes = written.compactMap(\.intValue).filter { $0 >= 0 && $0 <= 10_000 }.map { Int($0) }
        let lengths =
            [element.length].compactMap(\.self).filter { (0...10_000).contains($0) } + sizes
            + sizes.flatMap { [$0 + 1, max(0, $0 - 1)] } + [2, 1, 3, 0]
        let items = values(element.form, depth: 1).filter { !$0.isNull }
        let odd = items.filter { $0.number.map { !($0.magnitude < 100) || $0 == 0.1 } ?? false }.prefix(24)
        guard let one = items.first else { return lengths.contains(0) ? [.array([])] : [] }
        var lists: [Value] = []
        for length in lengths {
            let plain = (0..<length).map { Self.element(element.form.type, $0) ?? one }
            lists.append(.array(plain))
            guard length > 0 else { continue }
            lists.append(
                .array([one] + [Value](repeating: Self.element(element.form.type, -1) ?? one, count: length - 1)))
            lists += (odd + [.null]).map { .array([$0] + plain.dropFirst()) }
            if length > 1 { lists.append(.array([Value](repeating: one, count: length))) }
        }
        return lists
    }

    /// Different elements by their place; −1 for the one that adds nothing to a length.
    private static func element(_ type: DataType, _ place: Int) -> Value? {
        switch type {
        case .int32: .int32(Int32(clamping: place + 1))
        case .int64: .int64(Int64(place + 1))
        case .float32: .float32(Float(place + 1))
        case .float64: .float64(Double(place + 1))
        case .string: .string("v\(place + 1)")
        case .bool, .bytes, .timestamp, .date, .array: nil
        }
    }
}

extension ValueCandidates {
    /// Returns texts: the plainest, then those at which lengths, patterns and forms differ.
    private func texts(_ form: ColumnForm) -> [Value] {
        switch form.native {
        case "VARCHAR": return strings.map { .string($0) }
        case "UUID":
            return [.string("00000000-0000-4000-8000-000000000000"), .string("00000000-0000-4000-8000-000000000001")]
        case "TIME": return [.string("12:00:00"), .string("13:00:00")]
        case "TIME WITH TIME ZONE": return [.string("12:00:00+00"), .string("13:00:00+00")]
        case _: break
        }
        if case .other = form.family { return form.isKnown ? [.string("{}")] : strings.map { .string($0) } }
        if case .text = form.family { return [.string("{}"), .string("[]")] }
        let ends = types.compactMap(\.range).flatMap { [$0.upper.description, $0.lower.description] }
        let near = integers.map { String($0) } + written.map(\.description) + ends
        let far = [
            "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775809", "0.1",
            "0.01",
        ]
        return (near + far).filter { DecimalNumber($0).map(form.admits) ?? false }.map { .string($0) }
    }

    private var strings: [String] {
        var patterns: [Pattern] = []
        for text
            in (argument("pattern", of: "pattern", "invalidValues")
            + argument("format", of: "format").map { name in
                TextForm.patterns[name.stringValue?.lowercased() ?? ""].map { .string($0) } ?? .null
            }).compactMap(\.stringValue)
        {
            if let pattern = try? Pattern(text), !patterns.contains(pattern) { patterns.append(pattern) }
        }
        let lengths = ["minimum", "maximum"].flatMap { argument($0, of: "length") }.compactMap(\.intValue)
            .filter { $0 >= 0 && $0 <= 100_000 }.map { Int($0) }
        let sizes = Set(lengths.flatMap { [$0, $0 + 1, max(0, $0 - 1)] }).sorted()
        var texts = ["a", "b", ""] + literals + patterns.compactMap { $0.example() }
        for pattern in patterns where isThorough {
            for other in patterns where other != pattern { texts += pattern.missed(of: other) }
            // A text of the pattern that is longer than any of the lengths below.
            for size in sizes { texts += ValueSet.lengthPattern(0...size)?.missed(of: pattern) ?? [] }
            texts += pattern.counterexample().map { [$0] } ?? []
        }
        return texts + sizes.map { String(repeating: "a", count: $0) } + ["A", "0", "a b", "é", "2026-01-01"]
    }
}

extension Pattern {
    /// A text of another pattern that this one does not match, if there is one.
    fileprivate func missed(of other: Pattern) -> [String] {
        if case .no(let witness) = contains(other) { [witness] } else { [] }
    }
}

extension Value {
    /// The number of a numeric value; nil for others.
    fileprivate var number: Double? {
        switch self {
        case .float32(let number): Double(number)
        case .float64(let number): number
        case .int32(let number): Double(number)
        case .int64(let number): Double(number)
        case .null, .bool, .string, .bytes, .timestamp, .date, .array: nil
        }
    }
}
