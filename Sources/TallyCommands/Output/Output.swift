// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The one way commands print: a table for people, JSON for programs.
enum Output {
    /// Prints one of the two forms.
    static func render(_ format: OutputFormat, table: @autoclosure () -> String, json: @autoclosure () -> JSON) {
        switch format {
        case .table: Terminal.write(table())
        case .json: Terminal.write(json: json())
        }
    }

    /// Prints a file's text as in the file, or as JSON.
    static func render(_ format: OutputFormat, document: String, json: @autoclosure () -> JSON) {
        switch format {
        case .table: Terminal.write(document: document)
        case .json: Terminal.write(json: json())
        }
    }

    /// Lines of text, each of them one line whatever words it holds.
    static func text(_ lines: [String]) -> String {
        lines.map(Medium.terminal.escaped).joined(separator: "\n")
    }
}

/// Rows of text under headings, padded to line up.
struct TextTable {
    let headings: [String]
    var rows: [[String]] = []
    /// Columns whose text is set flush right, such as numbers.
    var flushRight: Set<Int> = []

    /// The table as text, two spaces between columns, no space at the end of a line.
    var text: String { lines.joined(separator: "\n") }

    /// The lines of the table; each cell stays within its line.
    var lines: [String] {
        let all = ([headings] + rows).map { $0.map(Medium.terminal.escaped) }
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (flushRight.contains(column) ? gap + cell : cell + gap)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}

/// Numbers as people read them.
enum Numbers {
    /// A share in percent with one decimal: `2.7 %`.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let tenths = (Int128(part) * 2_000 + Int128(whole)) / (2 * Int128(whole))
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// Seconds with one decimal: `4.2 s`.
    static func seconds(_ span: TimeSpan) -> String {
        let (whole, rest) = max(0, span.microseconds).quotientAndRemainder(dividingBy: 100_000)
        let tenths = whole + (rest >= 50_000 ? 1 : 0)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
