// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Lists: JSON arrays, in JSON and as the text of a CSV field alike.
final class ListSink: ColumnSink {
    private let elements: ColumnSink
    private var offsets = [0]

    init(_ type: DataType, _ elements: ColumnSink) {
        self.elements = elements
        super.init(type)
    }

    override func append(_ text: Span<UInt8>) -> Bool { append(list: text) }

    override func append(list text: Span<UInt8>) -> Bool {
        var scanner = JSONScanner(text.count)
        guard scanner.value(text) == .array, scanner.isAtEnd(text), fill(text) else { return false }
        offsets.append(elements.count)
        mark()
        return true
    }

    /// Hands each element to the elements' sink; false where one is no value of its type.
    private func fill(_ text: Span<UInt8>) -> Bool {
        var scanner = JSONScanner(text.count)
        guard scanner.open(UInt8(ascii: "["), text) else { return false }
        if scanner.close(UInt8(ascii: "]"), text) { return true }
        while true {
            guard let kind = scanner.value(text), elements.take(kind, scanner.token, text) else { return false }
            if scanner.close(UInt8(ascii: "]"), text) { return true }
            guard scanner.comma(text) else { return false }
        }
    }

    /// A list that failed has left elements behind, which belong to the null in its place.
    override func appendNull() {
        offsets.append(elements.count)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { offsets = [0] }
        return .array(offsets: offsets, elements: elements.take())
    }
}
