// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyPointInTime

/// Copies what the kernel found into columns, in the spine's order.
struct FeatureGather {
    let matches: Matches
    /// The columns of the payload, in its order.
    let made: [ColumnSchema]

    /// Rows copied of every column before the next rows: so the kernel's records stay in the cache.
    private static let stepRows = 2_048

    /// The join's result; `irregular` is the number of irregular wall times that were read.
    func result(
        irregular: Int, knownBeforeEvent: Int, sourceRows: Int, isAlwaysMidnight: Bool?, days: Int,
        rounded: (up: Int, down: Int)
    ) -> JoinResult {
        let count = matches.rowCount
        let statuses = FixedTarget(count: count, width: 1)
        let events = FixedTarget(count: count, width: 8)
        let knowns = FixedTarget(count: count, width: 8)
        let targets = made.map { entry -> any Target in
            switch entry.type {
            case .string, .bytes: BytesTarget()
            case .array: ListTarget(entry.type)
            case .bool, .int32, .int64, .float32, .float64, .timestamp, .date:
                FixedTarget(count: count, width: entry.type.payloadKind.width)
            }
        }
        var start = 0
        while start < count {
            let rows = start..<min(count, start + Self.stepRows)
            unsafe matches.gatherStatuses(
                rows: rows, into: (statuses.values + start).assumingMemoryBound(to: UInt8.self))
            unsafe matches.gatherEventTimes(
                rows: rows, into: (events.values + 8 * start).assumingMemoryBound(to: Int64.self),
                validity: events.validity + start / 64)
            unsafe matches.gatherKnownTimes(
                rows: rows, into: (knowns.values + 8 * start).assumingMemoryBound(to: Int64.self),
                validity: knowns.validity + start / 64)
            for (column, target) in targets.enumerated() { target.gather(matches, column, rows) }
            start = rows.upperBound
        }
        let columns = zip(made, targets).map { $1.column($0.type, count) }
        let found = unsafe UnsafeBufferPointer(start: statuses.values.assumingMemoryBound(to: UInt8.self), count: count)
        var counts = counts(
            irregular: irregular, knownBeforeEvent: knownBeforeEvent, sourceRows: sourceRows,
            isAlwaysMidnight: isAlwaysMidnight, days: days)
        (counts.timesRoundedUp, counts.valuesRoundedDown) = rounded
        return JoinResult(
            features: Batch(schema: made, columns: columns, count: count),
            statuses: unsafe found.map { raw in
                guard let status = JoinResult.Status(rawValue: raw) else { preconditionFailure("status \(raw)") }
                return status
            },
            eventTimes: events.column(.timestamp, count), knownTimes: knowns.column(.timestamp, count),
            counts: counts)
    }

    private func counts(
        irregular: Int, knownBeforeEvent: Int, sourceRows: Int, isAlwaysMidnight: Bool?, days: Int
    ) -> JoinResult.Counts {
        var counts = JoinResult.Counts()
        counts.matched = matches.counts.matched
        counts.notFound = matches.counts.notFound
        counts.outsideMaxAge = matches.counts.outsideMaxAge
        counts.tied = matches.counts.tied
        counts.repeated = matches.counts.repeated
        counts.leaked = matches.counts.leaked
        counts.sourceRows = sourceRows
        counts.sourceRowsWithoutTime = matches.source.withoutTime
        counts.irregularLocalTimes = irregular
        counts.isAlwaysMidnight = isAlwaysMidnight
        counts.days = days
        counts.knownBeforeEvent = knownBeforeEvent
        return counts
    }
}

/// Where the values of one column are gathered.
private protocol Target: AnyObject {
    /// Copies a range that starts at a multiple of 64 and follows the one before.
    func gather(_ matches: Matches, _ column: Int, _ rows: Range<Int>)
    /// The column of all ranges.
    func column(_ type: DataType, _ count: Int) -> Column
}

/// Values of fixed width.
@safe private final class FixedTarget: Target {
    let values: UnsafeMutableRawPointer
    let validity: UnsafeMutablePointer<UInt64>
    private let width: Int

    init(count: Int, width: Int) {
        self.width = width
        unsafe values = .allocate(byteCount: max(1, count * width), alignment: 16)
        unsafe validity = .allocate(capacity: max(1, (count + 63) / 64))
    }

    deinit {
        unsafe values.deallocate()
        unsafe validity.deallocate()
    }

    func gather(_ matches: Matches, _ column: Int, _ rows: Range<Int>) {
        unsafe matches.gather(
            column: column, rows: rows, into: values + width * rows.lowerBound,
            validity: validity + rows.lowerBound / 64)
    }

    func column(_ type: DataType, _ count: Int) -> Column {
        let words = unsafe Array(UnsafeBufferPointer(start: validity, count: (count + 63) / 64))
        let mask = Validity(words: words, count: count)
        switch type {
        case .bool: return Column(type: type, storage: .bool(array(count)), validity: mask)
        case .int32, .date: return Column(type: type, storage: .int32(array(count)), validity: mask)
        case .int64, .timestamp: return Column(type: type, storage: .int64(array(count)), validity: mask)
        case .float32: return Column(type: type, storage: .float32(array(count)), validity: mask)
        case .float64: return Column(type: type, storage: .float64(array(count)), validity: mask)
        case .string, .bytes, .array: preconditionFailure("values of type \(type) have no fixed width")
        }
    }

    private func array<Element: BitwiseCopyable>(_ count: Int) -> [Element] {
        unsafe Array(UnsafeBufferPointer(start: values.assumingMemoryBound(to: Element.self), count: count))
    }
}

/// Strings and blobs.
private final class BytesTarget: Target {
    private var offsets = [0]
    private var bytes: [UInt8] = []
    private var present: [Bool] = []

    func gather(_ matches: Matches, _ column: Int, _ rows: Range<Int>) {
        unsafe matches.forEachBytes(column: column, rows: rows) { _, value in
            if let value = unsafe value { unsafe bytes.append(contentsOf: value) }
            offsets.append(bytes.count)
            unsafe present.append(value != nil)
        }
    }

    func column(_ type: DataType, _ count: Int) -> Column {
        Column(
            type: type, storage: .bytes(offsets: offsets, bytes: bytes),
            validity: Validity(count: count) { present[$0] })
    }
}

/// Lists.
private final class ListTarget: Target {
    private var decoder: ListDecoder

    init(_ type: DataType) { decoder = ListDecoder(type) }

    func gather(_ matches: Matches, _ column: Int, _ rows: Range<Int>) {
        unsafe matches.forEachBytes(column: column, rows: rows) { _, value in unsafe decoder.append(value) }
    }

    func column(_ type: DataType, _ count: Int) -> Column { decoder.finish() }
}
