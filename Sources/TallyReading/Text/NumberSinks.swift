// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

// One class a type, and none generic: what is called through the table of a generic class is not specialised, and a number
// takes several times as long.

/// Whole numbers of 32 bits; a number with a point is none.
final class Int32Sink: ColumnSink {
    private var values: [Int32] = []

    init() { super.init(.int32) }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let value = NumberText.integer(text).flatMap({ Int32(exactly: $0) }) else { return false }
        values.append(value)
        mark()
        return true
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        return .int32(values)
    }
}

/// Whole numbers of 64 bits; a number with a point is none.
final class Int64Sink: ColumnSink {
    private var values: [Int64] = []

    init() { super.init(.int64) }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let value = NumberText.integer(text) else { return false }
        values.append(value)
        mark()
        return true
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        return .int64(values)
    }
}

/// Floats of 32 bits in the declared notation.
final class FloatSink: ColumnSink {
    private var values: [Float] = []
    private let mark: UInt8

    init(_ mark: UInt8) {
        self.mark = mark
        super.init(.float32)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let value = NumberText.float(text, mark: mark) else { return false }
        values.append(value)
        mark()
        return true
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        return .float32(values)
    }
}

/// Floats of 64 bits in the declared notation.
final class DoubleSink: ColumnSink {
    private var values: [Double] = []
    private let mark: UInt8

    init(_ mark: UInt8) {
        self.mark = mark
        super.init(.float64)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let value = NumberText.double(text, mark: mark) else { return false }
        values.append(value)
        mark()
        return true
    }

    override func appendNull() {
        values.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { values.removeAll(keepingCapacity: true) }
        return .float64(values)
    }
}
