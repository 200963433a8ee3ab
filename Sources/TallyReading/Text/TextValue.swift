// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One text that is the value of many rows, as the name of a folder is.
public struct TextValue: Sendable {
    /// The value; null where the text is none of the type.
    public let value: Value
    /// The fault in the text: `is no int64`; nil when it is a value or null.
    public let problem: String?
    /// Whether it is a wall time that the clock of the zone skipped or showed twice.
    public let isIrregular: Bool

    /// Reads a text as the column of a text file would read it in a field.
    public init(_ text: String, as column: TextColumn, options: TextOptions, clock: WallClock?) {
        let values = TextValues(column, options: options, clock: clock)
        problem = values.take(Array(text.utf8), isQuoted: column.type == .string)
        let (column, irregularTimes) = values.finish()
        value = column[0]
        isIrregular = irregularTimes > 0
    }
}

/// Texts that are read one by one as the fields of a column.
public struct TextValues {
    private let taker: ValueTaker
    private let counts = ReadingCounts()

    /// Starts with none.
    public init(_ column: TextColumn, options: TextOptions, clock: WallClock?) {
        taker = ValueTaker(
            column, ColumnSink.make(column, options: options, clock: clock, counts: counts), options)
    }

    /// Takes a text, or a null; nil where it was a value or null, else what is wrong with it: `is no int64`.
    public func take(_ text: [UInt8]?, isQuoted: Bool = false) -> String? {
        guard let text else {
            taker.sink.appendNull()
            return nil
        }
        return taker.take(field: text.span, isQuoted: isQuoted)
    }

    /// The values so far, and how many of them the clock of the zone skipped or showed twice.
    public func finish() -> (column: Column, irregularTimes: Int) { (taker.sink.take(), counts.irregularTimes) }
}
