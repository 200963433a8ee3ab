// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One text that stands for a value of many rows, as the name of a folder does.
public struct TextValue: Sendable {
    /// The value; null where the text is none of the type.
    public let value: Value
    /// What is wrong with the text: `is no int64`; nil where it is a value or null.
    public let problem: String?
    /// Whether it is a wall time that the clock of the zone skipped or showed twice.
    public let isIrregular: Bool

    /// Reads a text as the column of a text file would read it in a field.
    public init(_ text: String, as column: TextColumn, options: TextOptions, clock: WallClock?) {
        let counts = ReadingCounts()
        let taker = ValueTaker(
            column, ColumnSink.make(column, options: options, clock: clock, counts: counts), options)
        let bytes = Array(text.utf8)
        problem = taker.take(field: bytes.span, isQuoted: column.type == .string)
        value = taker.sink.take()[0]
        isIrregular = counts.irregularTimes > 0
    }
}
