// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Follows the text of plain and quoted scalars through their source.
///
/// The parser gives a text and a start only. Each function walks both side by side, produces the text again from the
/// source, and gives nil as soon as the two disagree: a caret in the wrong place is worse than one at the start.
enum FlowLayout {
    typealias Place = ScalarLayout.Place
    typealias Found = (places: [Place], end: Place)

    /// Follows a plain scalar.
    static func plain(_ text: [Unicode.Scalar], _ start: Place, _ source: SourceText) -> Found? {
        var walk = Walk(text: text, at: start, source: source)
        while walk.isUnfinished {
            if walk.isAtBreak {
                guard walk.fold() else { return nil }
            } else {
                guard let scalar = walk.current, walk.take(scalar, width: 1) else { return nil }
            }
        }
        return (walk.places, walk.at)
    }

    /// Follows a scalar in single quotes.
    static func singleQuoted(_ text: [Unicode.Scalar], _ start: Place, _ source: SourceText) -> Found? {
        guard source.scalar(start.line, start.column) == "'" else { return nil }
        var walk = Walk(text: text, at: Place(line: start.line, column: start.column + 1), source: source)
        while walk.isUnfinished {
            if walk.isAtBreak {
                guard walk.fold() else { return nil }
            } else {
                guard let scalar = walk.current else { return nil }
                if scalar == "'", walk.following != "'" { return nil }
                guard walk.take(scalar, width: scalar == "'" ? 2 : 1) else { return nil }
            }
        }
        return (walk.places, walk.at)
    }

    /// Follows a scalar in double quotes.
    static func doubleQuoted(_ text: [Unicode.Scalar], _ start: Place, _ source: SourceText) -> Found? {
        guard source.scalar(start.line, start.column) == "\"" else { return nil }
        var walk = Walk(text: text, at: Place(line: start.line, column: start.column + 1), source: source)
        while walk.isUnfinished {
            if walk.isAtBreak {
                guard walk.fold() else { return nil }
            } else if walk.current == "\\" {
                guard walk.takeEscape() else { return nil }
            } else {
                guard let scalar = walk.current, scalar != "\"", walk.take(scalar, width: 1) else { return nil }
            }
        }
        return (walk.places, walk.at)
    }
}

extension FlowLayout {
    /// A position in the source and one in the text, moved together.
    private struct Walk {
        let text: [Unicode.Scalar]
        var at: Place
        let source: SourceText
        var places: [Place] = []
        /// The end of the last word on the present line, found once.
        private var lastWord: Place?

        init(text: [Unicode.Scalar], at: Place, source: SourceText) {
            self.text = text
            self.at = at
            self.source = source
        }

        var isUnfinished: Bool { places.count < text.count }
        var current: Unicode.Scalar? { source.scalar(at.line, at.column) }
        var following: Unicode.Scalar? { source.scalar(at.line, at.column + 1) }

        /// Whether only blanks are left on the line, so that a fold begins here.
        var isAtBreak: Bool {
            mutating get {
                guard source.lines.indices.contains(at.line) else { return false }
                if let current, current != " ", current != "\t" { return false }
                if lastWord?.line != at.line {
                    let last = source.lines[at.line].lastIndex { $0 != " " && $0 != "\t" }
                    lastWord = Place(line: at.line, column: last ?? -1)
                }
                return lastWord.map { at.column > $0.column } ?? true
            }
        }

        /// Takes one scalar of the text from `width` columns of the source.
        mutating func take(_ scalar: Unicode.Scalar, width: Int) -> Bool {
            guard isUnfinished, text[places.count] == scalar else { return false }
            places.append(at)
            at.column += width
            return true
        }

        /// Takes line breaks: one is a space, each further one a line feed; after an escaped break only the further ones.
        mutating func fold(escaped: Bool = false) -> Bool {
            let start = at
            var breaks = 0
            repeat {
                guard at.line + 1 < source.lines.count else { return false }
                at = Place(line: at.line + 1, column: 0)
                breaks += 1
                while current == " " || current == "\t" { at.column += 1 }
            } while current == nil
            let folded: [Unicode.Scalar] =
                breaks > 1 ? Array(repeating: "\n", count: breaks - 1) : (escaped ? [] : [" "])
            for scalar in folded {
                guard isUnfinished, text[places.count] == scalar else { return false }
                places.append(start)
            }
            return true
        }

        /// Takes an escape of a double-quoted scalar.
        mutating func takeEscape() -> Bool {
            let simple: [Unicode.Scalar: Unicode.Scalar] = [
                "0": "\0", "a": "\u{7}", "b": "\u{8}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{B}", "f": "\u{C}",
                "r": "\r", "e": "\u{1B}", " ": " ", "\"": "\"", "/": "/", "\\": "\\", "N": "\u{85}", "_": "\u{A0}",
                "L": "\u{2028}", "P": "\u{2029}",
            ]
            let long: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
            guard let code = following else {
                at.column += 1
                return fold(escaped: true)
            }
            if let scalar = simple[code] { return take(scalar, width: 2) }
            guard let digits = long[code] else { return false }
            var number: UInt32 = 0
            for offset in 0..<digits {
                guard let digit = source.scalar(at.line, at.column + 2 + offset),
                    let value = Character(digit).hexDigitValue
                else { return false }
                number = number &* 16 &+ UInt32(value)
            }
            guard let scalar = Unicode.Scalar(number) else { return false }
            return take(scalar, width: 2 + digits)
        }
    }
}
