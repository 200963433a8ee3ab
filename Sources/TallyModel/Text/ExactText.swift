// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Texts by their bytes, for names, paths, keys and protocols.
///
/// A sign that bears an accent is one `Character` with it: `/` or `"` before U+0301 is neither for Swift, and a slash or a
/// quote for everybody else. And what is canonically equivalent is equal for Swift, and two names for everybody else.
extension StringProtocol {
    /// Whether the text begins with these bytes.
    package func begins(with start: some StringProtocol) -> Bool { utf8.starts(with: start.utf8) }

    /// Whether the text ends with these bytes.
    package func ends(with end: some StringProtocol) -> Bool { utf8.reversed().starts(with: end.utf8.reversed()) }

    /// Returns the text after these bytes; nil for a text that does not begin with them.
    package func behind(_ start: some StringProtocol) -> String? {
        begins(with: start) ? String(decoding: utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
    }

    /// The parts between signs of one byte.
    package func parts(by sign: Unicode.Scalar, keepingEmpty: Bool = false) -> [String] {
        utf8.split(separator: UInt8(ascii: sign), omittingEmptySubsequences: !keepingEmpty)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text in quotes, with each quote in it doubled, as SQL, CSV and our expressions have it.
    package func quoted(by quote: Unicode.Scalar) -> String {
        var text = String.UnicodeScalarView()
        text.append(quote)
        for scalar in unicodeScalars {
            if scalar == quote { text.append(quote) }
            text.append(scalar)
        }
        text.append(quote)
        return String(text)
    }
}

extension String {
    /// The longest text that a message is, in bytes: names that it repeats may have millions.
    package static let longestMessage = 8192

    /// The text as a message; of a longer one the two ends, with what is left out between them said.
    package var asMessage: String {
        guard utf8.count > Self.longestMessage else { return self }
        let (first, last) = (Self.longestMessage * 3 / 4, Self.longestMessage / 8)
        func boundary(_ offset: Int) -> String.Index {
            var index = utf8.index(utf8.startIndex, offsetBy: offset)
            while index.samePosition(in: unicodeScalars) == nil { index = utf8.index(before: index) }
            return index
        }
        let left = utf8.count - first - last
        let (head, tail) = (self[..<boundary(first)], self[boundary(utf8.count - last)...])
        return "\(head) … (\(left.grouped) bytes more) … \(tail)"
    }

    /// Whether the path starts at the root of the system.
    package var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }

    /// The path, from a folder on where it is relative.
    package func path(from folder: String) -> String { isAbsolutePath ? self : folder + "/" + self }
}

extension String? {
    /// Whether both are missing, or both are there and have the same bytes.
    package func isSame(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let mine?, let other?): mine.isSame(as: other)
        case (_, _): false
        }
    }
}
