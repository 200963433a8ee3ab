// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ColumnForm {
    /// Whether values of this form are read as another one where nothing is lost; some values may still not fit.
    func isReadable(as other: ColumnForm) -> Bool {
        if native == other.native { return true }
        if let mine = element, let theirs = other.element { return mine.form.isReadable(as: theirs.form) }
        switch (family, other.family) {
        case (.integer, .integer), (.integer, .float), (.integer, .decimal), (.float, .float), (.decimal, .decimal),
            (.decimal, .float):
            return true
        case (.decimal(_, let scale), .integer): return scale == 0
        case (.text, .text): return other.native == "VARCHAR"
        case (_, _): return false
        }
    }

    /// Whether every value of this form is exactly one of the other, as far as the types tell.
    func widens(to other: ColumnForm) -> Bool {
        guard isReadable(as: other) else { return false }
        if native == other.native { return true }
        if let mine = element, let theirs = other.element {
            return mine.form.widens(to: theirs.form) && (theirs.length == nil || theirs.length == mine.length)
        }
        switch (family, other.family) {
        case (.text, .text): return true
        case (.float, .float): return type == .float32
        case (.decimal(let digits, let scale), .decimal(let otherDigits, let otherScale)):
            return scale <= otherScale && digits - scale <= otherDigits - otherScale
        case (.integer, .integer), (.integer, .float), (.integer, .decimal), (.decimal, .integer):
            guard let mine = range else { return false }
            if other.type == .float64 || other.type == .float32 {
                let limit = DecimalNumber(other.type == .float64 ? "9007199254740992" : "16777216")
                return limit.map { mine.upper <= $0 && mine.lower.magnitude <= $0 } ?? false
            }
            guard let theirs = other.range else { return false }
            return mine.lower >= theirs.lower && mine.upper <= theirs.upper
        case (_, _): return false
        }
    }

    /// A value of this form as the same value of another; nil where it is none, so that nothing is rounded.
    func convert(_ value: Value, to other: ColumnForm) -> Value? {
        if native == other.native || value.isNull { return value }
        guard isReadable(as: other) else { return nil }
        if let mine = element, let theirs = other.element, case .array(let elements) = value {
            let read = elements.compactMap { mine.form.convert($0, to: theirs.form) }
            guard read.count == elements.count, theirs.length.map({ $0 == read.count }) ?? true else { return nil }
            return .array(read)
        }
        switch (value, other.type) {
        case (.float32(let number), .float64): return .float64(Double(number))
        case (.float64(let number), .float32):
            guard number.isFinite else { return .float32(Float(number)) }
            let narrow = Float(number)
            return Double(narrow) == number ? .float32(narrow) : nil
        case (_, .float64), (_, .float32):
            guard let number = DecimalNumber(value.text) else { return nil }
            return number.exactFloat.flatMap { exact in
                if other.type == .float64 { return .float64(exact) }
                return Double(Float(exact)) == exact ? .float32(Float(exact)) : nil
            }
        case (_, _):
            guard other.family != .text else { return value }
            guard let number = DecimalNumber(value.text), other.admits(number) else { return nil }
            return Value(parsing: number.description, as: other.type)
        }
    }

    /// Whether an integer or decimal type has a number.
    func admits(_ number: DecimalNumber) -> Bool {
        guard let range else { return false }
        let scale: Int = if case .decimal(_, let scale) = family { scale } else { 0 }
        return number >= range.lower && number <= range.upper && number.digits.count - number.exponent <= scale
    }

    /// The smallest and the largest number of an integer or decimal type.
    var range: (lower: DecimalNumber, upper: DecimalNumber)? {
        if case .decimal(let digits, let scale) = family {
            let nines = String(repeating: "9", count: digits) + "e-\(scale)"
            guard let upper = DecimalNumber(nines), let lower = DecimalNumber("-" + nines) else { return nil }
            return (lower, upper)
        }
        guard let bounds, let lower = bounds.lower.flatMap({ DecimalNumber($0.words) }),
            let power = bounds.upper?.words, let upper = DecimalNumber(Self.predecessor(power))
        else { return nil }
        return (lower, upper)
    }

    /// The whole number before a power of two, which ends in no zero.
    private static func predecessor(_ power: String) -> String {
        guard let last = power.last?.wholeNumberValue else { return power }
        return power.dropLast() + String(last - 1)
    }
}

extension DecimalNumber {
    /// The number without its sign.
    var magnitude: DecimalNumber { isNegative ? DecimalNumber(String(description.dropFirst())) ?? self : self }

    /// The float that is exactly this number, where both are small; nil when there is none.
    var exactFloat: Double? {
        guard digits.count <= 18, exponent <= 18, exponent >= -18 else { return nil }
        var number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1) }
        var places = digits.count - exponent
        while places < 0 {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            number = product
            places += 1
        }
        // n over 10^d is dyadic if 5^d divides n: what is left is n over 2^d.
        var scale = 1.0
        for _ in 0..<places {
            guard number % 5 == 0 else { return nil }
            number /= 5
            scale /= 2
        }
        guard number.magnitude <= 1 << 53 else {
            return Double(exactly: number).map { $0 * scale * (isNegative ? -1 : 1) }
        }
        return Double(number) * scale * (isNegative ? -1 : 1)
    }
}
