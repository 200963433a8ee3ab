// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One member of a class in brackets, or one escape: a scalar, which may start a range, or a set, which may not.
enum ClassAtom {
    case scalar(UInt32)
    case set(ScalarSet)

    var set: ScalarSet {
        switch self {
        case .scalar(let value): ScalarSet(value)
        case .set(let set): set
        }
    }
}

extension PatternParser {
    /// The set of a class; the opening bracket is read.
    mutating func characterClass(from start: Int) throws(PatternProblem) -> ScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            let atomStart = position
            let atom = try classAtom(classStart: start)
            guard peek() == "-", let after = peek(1), after != "]" else {
                ranges += atom.set.ranges
                continue
            }
            position += 1
            let other = try classAtom(classStart: start)
            guard case .scalar(let low) = atom, case .scalar(let high) = other else {
                throw PatternProblem(
                    "the range '\(written(from: atomStart))' has a class at one end", at: atomStart..<position,
                    help: "write '\\-' for the character")
            }
            guard low <= high else {
                throw PatternProblem(
                    "the range '\(written(from: atomStart))' is reversed", at: atomStart..<position,
                    help: "write the lower character first, or '\\-' for the character")
            }
            ranges.append(low...high)
        }
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }

    private mutating func classAtom(classStart: Int) throws(PatternProblem) -> ClassAtom {
        let start = position
        guard let scalar = peek() else {
            throw PatternProblem(
                "'[' is not closed", at: classStart..<classStart + 1,
                help: "add ']', or write '\\[' for the character")
        }
        position += 1
        return scalar == "\\" ? try escape(from: start, isInClass: true) : .scalar(scalar.value)
    }
}
