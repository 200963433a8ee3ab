// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Pattern {
    /// The pattern in RE2's syntax, for a partial match (`regexp_matches` of DuckDB), or nil.
    ///
    /// Nil stands where RE2 refuses the size, or, for some patterns with `\B`, finds a place inside a scalar.
    public var engineText: String? {
        // RE2 reads bytes, and \B holds between two bytes of one scalar; only an empty match can begin there.
        if syntax.contains(.noWordBoundary), syntax.canMatchEmptily { return nil }
        guard RE2Text.fits(syntax, repeatedUpTo: Pattern.repetitionsOfRE2), RE2Text.size(of: syntax) != nil else {
            return nil
        }
        return RE2Text.text(of: syntax)
    }

    /// The product of nested counts that RE2 reads (`kMaxRepeat` in re2/parse.cc).
    private static let repetitionsOfRE2 = 1_000
}

extension PatternSyntax {
    /// Whether a match may be of no scalar, if `\B` holds and no other assertion does.
    fileprivate var canMatchEmptily: Bool {
        switch self {
        case .scalar: false
        case .assertion(let assertion): assertion == .noWordBoundary
        case .sequence(let parts): parts.allSatisfy(\.canMatchEmptily)
        case .choice(let alternatives): alternatives.contains(where: \.canMatchEmptily)
        case .repetition(let part, let minimum, _): minimum == 0 || part.canMatchEmptily
        }
    }
}

/// Writes trees in the syntax of RE2.
private enum RE2Text {
    /// The most instructions, a good deal below what RE2 compiles in its 8 MiB (some 700,000).
    private static let mostInstructions = 100_000

    /// Whether the counts of nested repetitions multiply to no more than RE2 reads.
    static func fits(_ syntax: PatternSyntax, repeatedUpTo budget: Int) -> Bool {
        var budget = budget
        if case .repetition(_, let minimum, let maximum) = syntax {
            budget /= max(minimum, maximum ?? 0, 1)
            if budget == 0 { return false }
        }
        return syntax.children.allSatisfy { fits($0, repeatedUpTo: budget) }
    }

    /// An upper bound of the instructions that RE2 needs, nil for too many.
    static func size(of syntax: PatternSyntax) -> Int? {
        var size = 1
        switch syntax {
        // A range of scalars becomes a few sequences of ranges of bytes.
        case .scalar(let set): size += set.only == nil ? 12 * set.ranges.count : 4
        case .assertion: break
        case .sequence(let parts), .choice(let parts):
            for part in parts {
                guard let inner = self.size(of: part) else { return nil }
                size += inner + 1
            }
        case .repetition(let part, let minimum, let maximum):
            guard let inner = self.size(of: part) else { return nil }
            size += (inner + 2) * max(minimum + 1, maximum ?? 0)
        }
        return size > mostInstructions ? nil : size
    }

    static func text(of syntax: PatternSyntax) -> String {
        switch syntax {
        case .scalar(let set): text(of: set)
        case .assertion(.start): "\\A"
        case .assertion(.end): "\\z"
        case .assertion(.wordBoundary): "\\b"
        case .assertion(.noWordBoundary): "\\B"
        case .sequence(let parts): parts.isEmpty ? "(?:)" : parts.map(text(of:)).joined()
        case .choice(let alternatives): "(?:" + alternatives.map(text(of:)).joined(separator: "|") + ")"
        case .repetition(let part, let minimum, let maximum): repeated(part) + counts(minimum, maximum)
        }
    }

    private static func repeated(_ part: PatternSyntax) -> String {
        switch part {
        case .scalar, .choice: text(of: part)
        case .assertion, .sequence, .repetition: "(?:" + text(of: part) + ")"
        }
    }

    private static func counts(_ minimum: Int, _ maximum: Int?) -> String {
        switch (minimum, maximum) {
        case (0, nil): "*"
        case (1, nil): "+"
        case (0, 1): "?"
        case (_, nil): "{\(minimum),}"
        case (_, minimum): "{\(minimum)}"
        case (_, let maximum?): "{\(minimum),\(maximum)}"
        }
    }

    private static func text(of set: ScalarSet) -> String {
        if let only = set.only { return escaped(only) }
        // Surrogates are in no text: a set goes on over them.
        let without = set.inverted
        if set.isEmpty || (!without.isEmpty && set.contains(0x10FFFF)) {
            return "[^" + ranges(of: without) + "]"
        }
        return "[" + ranges(of: set) + "]"
    }

    private static func ranges(of set: ScalarSet) -> String {
        var joined: [ClosedRange<UInt32>] = []
        for range in set.ranges {
            if let last = joined.last, last.upperBound == 0xD7FF, range.lowerBound == 0xE000 {
                joined[joined.count - 1] = last.lowerBound...range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined.map { range in
            let low = escaped(range.lowerBound)
            if range.count == 1 { return low }
            return low + (range.count == 2 ? "" : "-") + escaped(range.upperBound)
        }.joined()
    }

    private static func escaped(_ value: UInt32) -> String {
        guard value < 0x80, let scalar = Unicode.Scalar(value) else { return code(value) }
        return switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_", " ": String(scalar)
        case "!"..."~": "\\" + String(scalar)
        default: code(value)
        }
    }

    private static func code(_ value: UInt32) -> String { "\\x{" + String(value, radix: 16, uppercase: true) + "}" }
}
