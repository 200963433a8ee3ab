// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A document of a file: the lines between two `---` markers.
struct DocumentSpan: Sendable, Hashable {
    /// The lines, counted from 0; the first may be the marker itself.
    let lines: Range<Int>
    /// Whether a marker opens it.
    let isMarked: Bool
}

extension SourceText {
    /// The documents of the file, so that a mistake in one does not hide those in the next.
    ///
    /// `---` in the first column followed by a blank or the end of the line is a marker wherever it stands: YAML allows
    /// it in no quoted and no block scalar, so lines alone decide.
    var documents: [DocumentSpan] {
        let starts = lines.indices.filter { isMarker(lines[$0]) }
        var spans: [DocumentSpan] = []
        let first = starts.first ?? lines.count
        if first > 0 { spans.append(DocumentSpan(lines: 0..<first, isMarked: false)) }
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : lines.count
            spans.append(DocumentSpan(lines: start..<end, isMarked: true))
        }
        return spans
    }

    /// Whether a document holds nothing but comments and blank lines.
    func isEmpty(_ document: DocumentSpan) -> Bool {
        document.lines.allSatisfy { number in
            let line = lines[number]
            let content = document.isMarked && number == document.lines.lowerBound ? line.dropFirst(3) : line[...]
            guard let first = content.first(where: { $0 != " " && $0 != "\t" }) else { return true }
            return first == "#" || (content.elementsEqual(["." as Unicode.Scalar, ".", "."]))
        }
    }

    private func isMarker(_ line: [Unicode.Scalar]) -> Bool {
        guard line.starts(with: ["-", "-", "-"] as [Unicode.Scalar]) else { return false }
        return line.count == 3 || line[3] == " " || line[3] == "\t"
    }
}
