// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One column of a reader: decides what is null, hands the rest to its sink, and tells of what is no value.
///
/// A class, so that a field costs one reference and not a copy of all that is declared.
final class ValueTaker {
    let sink: ColumnSink
    let column: TextColumn
    private let nulls: [[UInt8]]
    private let longestNull: Int
    private let trims: Bool
    private let isText: Bool
    private let isLenient: Bool

    init(_ column: TextColumn, _ sink: ColumnSink, _ options: TextOptions, isLenient: Bool = false) {
        self.column = column
        self.sink = sink
        nulls = options.nulls.map { Array($0.utf8) }
        longestNull = nulls.map(\.count).max() ?? -1
        trims = options.trims
        isText = column.type == .string
        self.isLenient = isLenient
    }

    /// Takes a field of CSV; nil where it was a value or null, else what is wrong with it.
    ///
    /// A quoted field is null only for types that hold no such text: for text, quotes say that the characters are meant.
    func take(field text: Span<UInt8>, isQuoted: Bool) -> String? {
        let value = trims ? text.extracting(Self.trimmed(text)) : text
        if value.isEmpty, !isQuoted {
            sink.appendNull()
            return nil
        }
        if longestNull >= 0, !isQuoted || !isText, isNull(value) {
            sink.appendNull()
            return nil
        }
        return sink.append(value) ? nil : fail()
    }

    /// Takes a value of JSON; nil where it was a value or null, else what is wrong with it.
    func take(_ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>) -> String? {
        guard case .text(let isEscaped) = kind, !nulls.isEmpty || trims else {
            return sink.take(kind, token, text) ? nil : fail()
        }
        let raw = text.extracting(token)
        guard isEscaped else { return take(text: raw) }
        guard let plain = JSONScanner.unescaped(raw) else { return fail() }
        return take(text: plain.span)
    }

    private func take(text: Span<UInt8>) -> String? {
        let value = text.extracting(trims ? Self.trimmed(text) : 0..<text.count)
        if isNull(value) {
            sink.appendNull()
            return nil
        }
        return sink.append(value) ? nil : fail()
    }

    /// Appends null for a value that is missing or cannot be read; returns the fault, nil when the reader is lenient.
    func fail() -> String? {
        sink.appendNull()
        if isLenient { return nil }
        guard column.type != .string else { return "is no UTF-8 text" }
        return "is no \(column.type)" + (column.pattern.map { " of the form \($0.text)" } ?? "")
    }

    private func isNull(_ text: Span<UInt8>) -> Bool {
        guard text.count <= longestNull else { return false }
        return nulls.contains { token in
            guard token.count == text.count else { return false }
            for index in text.indices where text[index] != token[index] { return false }
            return true
        }
    }

    /// The text without blanks and tabs at its ends.
    private static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
        var (start, end) = (0, text.count)
        while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}
