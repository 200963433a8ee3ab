// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One line of a file as a terminal shows it, cut around the caret when it is too wide.
struct SourceExcerpt {
    /// The widest excerpt, in terminal columns.
    static let widest = 100

    /// The text to show: tabs as `→` and spaces to a width of four, invisible characters as `·`.
    let text: String
    /// The number of terminal columns before the caret.
    let caretStart: Int
    /// The number of carets to show, at least 1.
    let caretWidth: Int

    /// Prepares a line for a caret at `column`, counted from 0, over `length` Unicode scalars.
    init(_ line: [Unicode.Scalar], column: Int, length: Int) {
        // A line may be as long as a file: only what may be shown is looked at.
        var end = line.count
        while end > column + length, end > 0, line[end - 1] == " " { end -= 1 }
        let lower = min(max(0, column), end)
        let upper = min(lower + max(1, length), end)
        var first = 0
        var behind = end
        func width(_ range: Range<Int>) -> Int { line[range].reduce(0) { $0 + Self.cell($1).width } }
        if Self.isWider(line[..<end]) {
            // The caret's start stays in sight with some text before it.
            first = max(0, lower - Self.widest / 2)
            while first < lower, Self.isWider(line[first..<upper], than: Self.widest * 2 / 3) { first += 1 }
            behind = min(end, lower + 1)
            var shown = width(first..<behind)
            while behind < end {
                shown += Self.cell(line[behind]).width
                guard shown <= Self.widest else { break }
                behind += 1
            }
        }
        let head = first > 0 ? "…" : ""
        let tail = behind < end ? "…" : ""
        text = head + line[first..<behind].map { Self.cell($0).text }.joined() + tail
        caretStart = head.count + width(first..<lower)
        caretWidth = max(1, lower < min(upper, behind) ? width(lower..<min(upper, behind)) : 1)
    }

    /// Whether a part of a line takes more terminal columns; looks no further than it has to.
    private static func isWider(_ part: ArraySlice<Unicode.Scalar>, than limit: Int = widest) -> Bool {
        var width = 0
        for scalar in part {
            width += cell(scalar).width
            if width > limit { return true }
        }
        return false
    }

    private static func cell(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
        if scalar == "\t" { return ("→   ", 4) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return ("·", 1)
        case .nonspacingMark, .enclosingMark:
            return (String(Character(scalar)), 0)
        default:
            return (String(Character(scalar)), isWide(scalar) ? 2 : 1)
        }
    }

    /// Whether terminals give the character two columns: East Asian wide and full-width blocks, and emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
