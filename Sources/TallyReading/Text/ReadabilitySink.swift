// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A sink that notes of each text whether it is a value of a type.
final class ReadabilitySink: ColumnSink {
    private var values: [UInt8] = []
    private let judge: ColumnSink

    init(_ judge: ColumnSink) {
        self.judge = judge
        super.init(.bool)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        tell(judge.append(text))
        return true
    }

    override func append(list text: Span<UInt8>) -> Bool {
        tell(judge.append(list: text))
        return true
    }

    override func take(_ kind: JSONScanner.Kind, _ token: Range<Int>, _ text: Span<UInt8>) -> Bool {
        if kind == .null { appendNull() } else { tell(judge.take(kind, token, text)) }
        return true
    }

    private func tell(_ isValue: Bool) {
        values.append(isValue ? 1 : 0)
        mark()
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        _ = judge.take()
        return .bool(values)
    }
}
