// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The position in the file of each Unicode scalar of a YAML scalar's text, so that a caret can point into an
/// expression.
struct ScalarLayout: Sendable {
    /// A place counted from 0.
    struct Place: Sendable, Hashable {
        var line: Int
        var column: Int
    }

    /// One place for each Unicode scalar of the text; that of a folded break is the end of its line.
    let places: [Place]
    /// The place just behind the last Unicode scalar of the text.
    let end: Place
    /// Whether the text could be followed in the file; otherwise all places are the start.
    let isExact: Bool

    /// Follows a scalar's text through the file from the mark of its first character (a quote, `|` or `>` if it has one).
    init(of text: String, style: YAMLScalar.Style, from start: Place, in source: SourceText) {
        let scalars = Array(text.unicodeScalars)
        if let straight = Self.straight(scalars, style, start, source) {
            places = straight.places
            end = straight.end
            isExact = true
            return
        }
        let found: (places: [Place], end: Place)?
        switch style {
        case .plain: found = FlowLayout.plain(scalars, start, source)
        case .singleQuoted: found = FlowLayout.singleQuoted(scalars, start, source)
        case .doubleQuoted: found = FlowLayout.doubleQuoted(scalars, start, source)
        case .literal: found = BlockLayout.follow(scalars, start, source, isFolded: false)
        case .folded: found = BlockLayout.follow(scalars, start, source, isFolded: true)
        }
        places = found?.places ?? [Place](repeating: start, count: scalars.count)
        end = found?.end ?? Place(line: start.line, column: start.column + 1)
        isExact = found != nil
    }

    /// Handles the common case: the text is on one line without escapes, perhaps between quotes.
    private static func straight(
        _ text: [Unicode.Scalar], _ style: YAMLScalar.Style, _ start: Place, _ source: SourceText
    ) -> FlowLayout.Found? {
        var column = start.column
        switch style {
        case .plain: break
        case .singleQuoted, .doubleQuoted:
            guard !text.contains(where: { $0 == "'" || $0 == "\"" || $0 == "\\" }) else { return nil }
            column += 1
        case .literal, .folded: return nil
        }
        guard source.lines.indices.contains(start.line) else { return nil }
        let line = source.lines[start.line]
        guard column + text.count <= line.count, line[column..<column + text.count].elementsEqual(text) else {
            return nil
        }
        let places = (column..<column + text.count).map { Place(line: start.line, column: $0) }
        return (places, Place(line: start.line, column: column + text.count))
    }

    /// The place of a part of the text, in Unicode scalars; the length ends with the first line of the part.
    ///
    /// An empty range, or one at the end of the text, gives the one column behind what is before it.
    func location(of range: Range<Int>, in path: String) -> SourceLocation {
        let lower = max(0, min(range.lowerBound, places.count))
        let start = lower < places.count ? places[lower] : end
        let last = places.indices.last { $0 < range.upperBound && $0 >= lower && places[$0].line == start.line }
        var length = 1
        if let last {
            let next = last + 1 < places.count ? places[last + 1] : end
            let behind = next.line == start.line ? next.column : places[last].column + 1
            // Spaces between the last word of the part and the next line are not worth a caret.
            length = max(1, min(behind, places[last].column + 2) - start.column)
        }
        return SourceLocation(file: path, line: start.line + 1, column: start.column + 1, length: length)
    }
}
