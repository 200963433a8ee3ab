// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Days.
final class DateSink: ColumnSink {
    private var values: [Int32] = []
    private let pattern: TimePattern?

    init(_ pattern: TimePattern?) {
        self.pattern = pattern
        super.init(.date)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let day = day(text) else { return false }
        values.append(day)
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

    /// A time of day is no part of a date, and is not cut off.
    private func day(_ text: Span<UInt8>) -> Int32? {
        guard let pattern else { return TimeText.date(text) }
        guard pattern.isDay, let time = pattern.read(text) else { return nil }
        return Int32(exactly: time.microseconds.flooredDivision(by: 86_400_000_000).quotient)
    }
}

/// Instants: times with an offset as they are, all others on the wall of the declared zone.
final class TimeSink: ColumnSink {
    private var values: [Int64] = []
    private let pattern: TimePattern?
    private let rounding: TextColumn.Rounding
    private let day: DayEdge
    private let clock: WallClock?
    private let counts: ReadingCounts

    init(_ column: TextColumn, _ clock: WallClock?, _ counts: ReadingCounts) {
        pattern = column.pattern
        rounding = column.rounding
        day = column.day
        self.clock = clock
        self.counts = counts
        super.init(.timestamp)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        guard let time = pattern.map({ $0.read(text) }) ?? TimeText.iso(text) else { return false }
        var instant = time.microseconds
        if time.isDay, day == .end { instant += 86_400_000_000 }
        if !time.hasOffset, let clock {
            let found = clock(instant)
            instant = found.microseconds
            if !found.isRegular { counts.irregularTimes += 1 }
        }
        if time.nanoseconds != 0, rounding == .up {
            guard instant < .max else { return false }
            instant += 1
        }
        if time.isDay { counts.days += 1 }
        values.append(instant)
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

/// The nanoseconds that rounding cuts from times; what is no time cuts nothing, as its own column tells of it.
final class CutSink: ColumnSink {
    private var cuts: [Int32] = []
    private let pattern: TimePattern?
    private let rounding: Timestamp.Rounding

    init(_ column: TextColumn) {
        pattern = column.pattern
        rounding = column.rounding == .up ? .up : .down
        super.init(.int32)
    }

    override func append(_ text: Span<UInt8>) -> Bool {
        cuts.append(cut(text))
        mark()
        return true
    }

    override func appendNull() {
        cuts.append(0)
        super.appendNull()
    }

    override func takeStorage() -> Column.Storage {
        defer { cuts.removeAll(keepingCapacity: true) }
        return .int32(cuts)
    }

    private func cut(_ text: Span<UInt8>) -> Int32 {
        guard pattern?.mayHoldNanoseconds ?? Self.hasLongFraction(text),
            let time = pattern.map({ $0.read(text) }) ?? TimeText.iso(text)
        else { return 0 }
        return rounding.rounding(time.nanoseconds).cut
    }

    /// Whether there are more than six digits behind a point or a comma.
    private static func hasLongFraction(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count, text[index] != UInt8(ascii: "."), text[index] != UInt8(ascii: ",") { index += 1 }
        let start = index + 1
        index = start
        while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start > 6
    }
}

/// The counts that a reader keeps beside its values.
final class ReadingCounts {
    /// Wall times that the clock of the zone skipped or showed twice.
    var irregularTimes = 0
    /// Times that are days without a time of day.
    var days = 0
}
