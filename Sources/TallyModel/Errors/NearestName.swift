// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The candidate closest to a mistyped name, for the `help:` of an error; nil when none is near.
///
/// Near means a Damerau-Levenshtein distance (optimal string alignment) of at most a third of the name's length, and
/// at least 1. Ties go to the candidate that sorts first. Letter case does not count.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    // Nobody mistypes a name of this length, and comparing takes its square.
    guard name.utf8.count <= 200 else { return nil }
    let folded = Array(name.lowercased())
    let limit = max(1, name.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates.sorted() where candidate != name {
        // A name that is much longer or shorter is as far away as their lengths are apart.
        guard candidate.utf8.count <= 800 else { continue }
        let other = Array(candidate.lowercased())
        guard abs(folded.count - other.count) <= limit else { continue }
        let distance = folded == other ? 0 : alignmentDistance(folded, other)
        if distance <= limit, distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    return best?.name
}

private func alignmentDistance(_ left: [Character], _ right: [Character]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row] + [Int](repeating: 0, count: right.count)
        for column in 1...right.count {
            let cost = left[row - 1] == right[column - 1] ? 0 : 1
            var best = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                best = min(best, before[column - 2] + 1)
            }
            current[column] = best
        }
        before = previous
        previous = current
    }
    return previous[right.count]
}
