// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
internal import TallyModel

/// The extent to which a column's values survive being read in the other contract's form.
enum Likeness: Sendable, Hashable, Comparable {
    /// Some values are replaced, or nothing is known.
    case other
    /// Values stay equal or different, and null stays null.
    case distinction
    /// Every number keeps its value, in a type that may compute with another result.
    case number
    /// Every whole number of at most 64 bits keeps its value, in a type of another width.
    case integer
    /// The values are the very same.
    case same
}

extension Implication {
    /// Returns the extent to which a column's values survive being read by the reader.
    ///
    /// What does not fit the reader's form is refused as such, so that only values count that are carried exactly.
    func likeness(_ name: String) -> Likeness {
        guard let column = reader.column(name), let source = writer.column(name) else { return .other }
        let forms = writer.forms(source)
        let isReplaced = reader.requires(name) && !writer.requires(name) && writer.meaningDefault(source) != nil
        guard !forms.isEmpty, !isReplaced, writer.physicalName(name) == reader.physicalName(name) else {
            return .other
        }
        return forms.map { Self.likeness($0, reader.readForm(column) ?? $0) }.min() ?? .other
    }

    private static func likeness(_ form: ColumnForm, _ target: ColumnForm) -> Likeness {
        if form.native == target.native { return .same }
        guard form.isKnown, target.isKnown, form.isReadable(as: target) else { return .other }
        let plain: [DataType] = [.int32, .int64]
        let isWhole = form.family == .integer && plain.contains(form.type)
        if isWhole, target.family == .integer, plain.contains(target.type) { return .integer }
        // A float that is read as an integer is refused unless it is whole, so that its number is kept too.
        let isFloat = target.type == .float64 || target.type == .float32
        let wasFloat = form.type == .float64 || form.type == .float32
        if isWhole && isFloat || wasFloat && target.family == .integer && plain.contains(target.type) {
            return .number
        }
        return .distinction
    }

    /// Whether a promise means the same over a column's values as the reader gets them.
    func isAlike(_ name: String, for promise: Promise) -> Bool {
        let likeness = likeness(name)
        switch promise.check {
        case "nullValues", "duplicateValues", "unique", "distinctCount": return likeness >= .distinction
        case "minimum", "maximum", "quantile", "missingValues", "invalidValues": return likeness >= .number
        case "sum", "mean", "reference": return likeness >= .integer
        case "expression":
            guard likeness < .same else { return true }
            return likeness >= .number && computesAlike(promise, isWhole: likeness >= .integer)
        case "sql": return likeness == .same || likeness >= .integer && Self.isPlain(promise)
        case _: return likeness == .same
        }
    }

    /// The largest number that 32 bits hold.
    private static let narrowest = 2_147_483_647.0

    /// Whether a condition gives the same over integers of another width, or over floats that are whole.
    ///
    /// Comparisons do. Arithmetic does while nothing can leave the narrower type: no step of sums and differences leaves the
    /// sum of |x| over all columns and numbers that are written, and none with products the product of 1 + |x|.
    private func computesAlike(_ promise: Promise, isWhole: Bool) -> Bool {
        guard let text = promise.arguments["expression"]?.stringValue,
            case .success(let places) = TypedExpression.columnsReferenced(in: text)
        else { return false }
        var bare = ""
        for (index, part) in text.parts(by: "'", keepingEmpty: true).enumerated()
        where index % 2 == 0 {
            bare += part + " "
        }
        guard Self.computes(bare) else { return true }
        guard isWhole else { return false }
        let (hasProducts, hasCalls) = (bare.contains("*"), !Self.words(before: "(", in: bare).allSatisfy { $0.isEmpty })
        var (sum, product) = (0.0, 1.0)
        func add(_ magnitude: Double) { (sum, product) = (sum + magnitude, product * (1 + magnitude)) }
        for place in places {
            guard let sets = ValueSet.sets(of: place.name, writer: writer, reader: reader) else { return false }
            for set in sets {
                guard let range = ValueSet.integers(set.form.type, set.kinds) else { return false }
                add(max(Double(range.lowerBound.magnitude), Double(range.upperBound.magnitude)))
            }
        }
        for number in bare.split(whereSeparator: { !($0.isNumber || $0 == ".") }).compactMap({ Double($0) }) {
            add(number)
        }
        return (hasProducts || hasCalls ? product : sum) <= Self.narrowest
    }

    /// The words after which a bracket opens a list, or a call that returns one of its arguments.
    private static let choosing: Set<String> = [
        "", "and", "or", "not", "in", "coalesce", "least", "greatest", "nullif", "if", "between", "then", "else",
        "when",
    ]

    /// Whether a condition without its texts computes something, beyond comparing what is there.
    private static func computes(_ text: String) -> Bool {
        if text.contains(where: { "+*/%:".contains($0) }) { return true }
        // A minus before a number is its sign where no value stands before it.
        let signs: Set<String> = ["and", "or", "not", "between", "in", "then", "else", "when"]
        let parts = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        for (before, after) in zip(parts, parts.dropFirst()) {
            let left = before.reversed().drop { $0.isWhitespace }
            let word = String(left.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
            let isSign = word.isEmpty ? left.first.map { "(<>=,".contains($0) } ?? true : signs.contains(word)
            guard isSign, after.first?.isNumber ?? false else { return true }
        }
        return !words(before: "(", in: text).allSatisfy(choosing.contains)
    }

    /// The words before a parenthesis whose result depends on numbers and not on the width of their types.
    private static let plainWords: Set<String> = [
        "", "count", "sum", "min", "max", "avg", "coalesce", "in", "and", "or", "not", "where", "filter", "over",
        "from",
        "exists", "select", "having", "then", "else", "when", "as", "any", "all", "on", "by", "distinct", "union",
    ]

    /// Whether a query asks nothing of the width of integers: no bits, no casts and only functions that go by numbers.
    private static func isPlain(_ promise: Promise) -> Bool {
        let query = promise.arguments["query"]?.stringValue?.lowercased() ?? ""
        guard !query.contains(where: { "~&|^:#".contains($0) }), !query.contains("<<"), !query.contains(">>") else {
            return false
        }
        return words(before: "(", in: query).allSatisfy(plainWords.contains)
    }

    /// Returns the words before a sign, lower-case; empty where there is none.
    private static func words(before sign: Character, in text: String) -> [String] {
        text.lowercased().split(separator: sign, omittingEmptySubsequences: false).dropLast().map { part in
            let trimmed = part.reversed().drop { $0.isWhitespace }
            return String(trimmed.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
        }
    }
}
