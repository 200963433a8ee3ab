// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The candidate closest to a mistyped name, for the `help:` of an error; nil when none is near.
///
/// Near means a Damerau-Levenshtein distance (optimal string alignment) of at most a third of the name's length, and
/// at least 1. Ties go to the candidate that sorts first. Letter case does not count.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    // A name of this length is hardly mistyped, and comparing takes its square.
    guard name.utf8.count <= 200 else { return nil }
    let wanted = FoldedName(name)
    let limit = max(1, name.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates where candidate != name {
        // A name that is much longer or shorter is as far away as their lengths are apart.
        guard candidate.utf8.count <= 800 else { continue }
        let distance = wanted.distance(to: FoldedName(candidate), atMost: limit)
        guard let distance else { continue }
        if let known = best, (known.distance, known.name) <= (distance, candidate) { continue }
        best = (distance, candidate)
    }
    return best?.name
}

/// A name without its letter case: as bytes where it is ASCII, which most are, and compared many times faster.
private enum FoldedName {
    case ascii([UInt8])
    case text([Character])

    init(_ name: String) {
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            self = .ascii(name.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
        } else {
            self = .text(Array(name.lowercased()))
        }
    }

    private var characters: [Character] {
        switch self {
        case .ascii(let bytes): bytes.map { Character(Unicode.Scalar($0)) }
        case .text(let characters): characters
        }
    }

    /// Returns the number of edits from one name to the other; nil for more than `limit`.
    func distance(to other: FoldedName, atMost limit: Int) -> Int? {
        if case .ascii(let left) = self, case .ascii(let right) = other {
            return alignmentDistance(left, right, atMost: limit)
        }
        return alignmentDistance(characters, other.characters, atMost: limit)
    }
}

private func alignmentDistance<Element: Equatable>(_ left: [Element], _ right: [Element], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row] + [Int](repeating: 0, count: right.count)
        var least = row
        for column in 1...right.count {
            let cost = left[row - 1] == right[column - 1] ? 0 : 1
            var best = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                best = min(best, before[column - 2] + 1)
            }
            current[column] = best
            least = min(least, best)
        }
        // Two exchanged letters reach back by two rows, and no further: what is too far in both stays so.
        if least > limit, previous.allSatisfy({ $0 > limit }) { return nil }
        before = previous
        previous = current
    }
    return previous[right.count] <= limit ? previous[right.count] : nil
}

/// Proposes near names a limited number of times: ten thousand mistakes must not cost the square of that.
public struct NameProposals: Sendable {
    /// The number of names that may still be compared: part of a second in all.
    private var comparisonsLeft = 100_000

    /// Proposes nothing yet.
    public init() {}

    /// The nearest name, as `nearestName(to:among:)` finds it; nil too once too many were compared.
    public mutating func nearest(to name: String, among candidates: some Collection<String>) -> String? {
        guard comparisonsLeft > 0 else { return nil }
        comparisonsLeft -= max(1, candidates.count)
        return nearestName(to: name, among: candidates)
    }
}
