// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Follows the text of literal (`|`) and folded (`>`) block scalars through their source.
enum BlockLayout {
    typealias Place = ScalarLayout.Place

    /// Follows a block scalar from its `|` or `>`; nil when source and text disagree.
    static func follow(
        _ text: [Unicode.Scalar], _ start: Place, _ source: SourceText, isFolded: Bool
    ) -> FlowLayout.Found? {
        guard source.scalar(start.line, start.column) == (isFolded ? ">" : "|") else { return nil }
        let body = source.lines.dropFirst(start.line + 1)
        guard let first = body.first(where: { $0.contains { $0 != " " } }) else { return nil }
        // An explicit indentation indicator counts from a parent that is not known here: the largest depth that
        // reproduces the text is the one that was meant.
        let deepest = first.prefix { $0 == " " }.count
        for indentation in (0...deepest).reversed() {
            var follower = Follower(text: text, source: source, line: start.line + 1, indentation: indentation)
            if let found = isFolded ? follower.folded() : follower.literal() { return found }
        }
        return nil
    }

    private struct Follower {
        let text: [Unicode.Scalar]
        let source: SourceText
        var line: Int
        let indentation: Int
        var places: [Place] = []

        init(text: [Unicode.Scalar], source: SourceText, line: Int, indentation: Int) {
            self.text = text
            self.source = source
            self.line = line
            self.indentation = indentation
        }

        /// The line behind its indentation; nil at the end of the block; empty for a blank line.
        private var content: ArraySlice<Unicode.Scalar>? {
            guard source.lines.indices.contains(line) else { return nil }
            let all = source.lines[line]
            let depth = all.prefix { $0 == " " }.count
            if depth < indentation { return depth == all.count ? [] : nil }
            return all.dropFirst(indentation)
        }

        private mutating func take(_ content: ArraySlice<Unicode.Scalar>) -> Bool {
            for (column, scalar) in zip(content.indices, content) {
                guard places.count < text.count else { return true }
                guard text[places.count] == scalar else { return false }
                places.append(Place(line: line, column: column))
            }
            return true
        }

        private var end: Place {
            guard let last = places.indices.last(where: { text[$0] != "\n" }) else {
                return Place(line: line, column: indentation)
            }
            return Place(line: places[last].line, column: places[last].column + 1)
        }

        mutating func literal() -> FlowLayout.Found? {
            while places.count < text.count {
                guard let content, take(content) else { return nil }
                if places.count < text.count {
                    guard text[places.count] == "\n" else { return nil }
                    places.append(Place(line: line, column: source.lines[line].count))
                }
                line += 1
            }
            return (places, end)
        }

        mutating func folded() -> FlowLayout.Found? {
            while places.count < text.count {
                guard let content else { return nil }
                guard take(content) else { return nil }
                let breakPlace = Place(line: line, column: source.lines[line].count)
                line += 1
                guard places.count < text.count else { break }
                if text[places.count] == " ", !content.isEmpty {
                    places.append(breakPlace)
                } else {
                    // Line feeds that are kept stand for the break here and for each blank line behind it.
                    while places.count < text.count, text[places.count] == "\n" { places.append(breakPlace) }
                    while let next = self.content, next.isEmpty { line += 1 }
                }
            }
            return (places, end)
        }
    }
}
