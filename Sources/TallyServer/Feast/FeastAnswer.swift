// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel

/// The body that answers `POST /get-online-features`: one object of values, statuses and times for each name.
///
/// Join keys come first, then features in the order of the request. As in Feast a stored null is `PRESENT`, and what was
/// not found has the time 1970-01-01T00:00:00Z; an expired value is `OUTSIDE_MAX_AGE`, which Feast never says here.
struct FeastAnswer {
    private var writer: JSONWriter
    /// For each column's counter, the numbers of its values by status.
    private(set) var served: [(counter: Int, numbers: StatusNumbers)] = []

    var body: ByteBuffer { writer.buffer }

    /// The approximate bytes of a value of fixed width, with its status and its time.
    static let bytesPerValue = 56

    /// Writes the answer; `stay` pays for what it becomes longer than was reckoned.
    init(
        _ prepared: CachedLayout, _ vectors: FeatureVectors, _ body: FeastBody,
        echoes: [(name: String, values: Range<Int>)], of request: [UInt8], _ stay: Stay
    ) throws(Refusal) {
        let values = vectors.statuses.count + echoes.count * vectors.count
        writer = JSONWriter(capacity: prepared.answerBytes + values * Self.bytesPerValue)
        writer.raw("{\"metadata\":{\"feature_names\":[")
        for (index, echo) in echoes.enumerated() {
            if index > 0 { writer.comma() }
            writer.string(echo.name)
        }
        let names = body.isFull ? prepared.fullNames : prepared.names
        writer.raw(names[(echoes.isEmpty ? min(1, names.count) : 0)...])
        writer.raw("]")
        if body.hasViewMetadata {
            writer.raw(",\"feature_view_metadata\":[")
            writer.raw(prepared.viewMetadata)
            writer.raw("]")
        }
        writer.raw("},\"results\":[")
        for (index, echo) in echoes.enumerated() {
            if index > 0 { writer.comma() }
            writer.raw("{\"values\":")
            writer.raw(request[echo.values])
            writer.raw(",\"statuses\":[")
            writer.repeated(Self.statuses.many[0], Self.statuses.words[0], count: vectors.count)
            writer.raw("],\"event_timestamps\":[")
            writer.repeated(Self.epochs, Self.epoch, count: vectors.count)
            writer.raw("]}")
            try stay.write(writer.buffer.readableBytes)
        }
        let times = EventTimeTexts(vectors)
        served.reserveCapacity(vectors.columns.count)
        for column in vectors.columns.indices {
            if column > 0 || !echoes.isEmpty { writer.comma() }
            addColumn(column, prepared, vectors, times)
            try stay.write(writer.buffer.readableBytes)
        }
        writer.raw("]}")
    }

    private mutating func addColumn(
        _ column: Int, _ prepared: CachedLayout, _ vectors: FeatureVectors, _ times: EventTimeTexts
    ) {
        let range = column * vectors.count..<(column + 1) * vectors.count
        writer.raw("{\"values\":[")
        writer.values(vectors.values[column])
        writer.raw("],\"statuses\":[")
        let numbers = writer.statuses(vectors.statuses[range], Self.statuses)
        writer.raw("],\"event_timestamps\":[")
        writer.raw(times.row(vectors.columns[column].times))
        writer.raw("]}")
        if let counter = prepared.counters[column] { served.append((counter, numbers)) }
    }

    private static let epoch = Array("\"1970-01-01T00:00:00Z\"".utf8)
    private static let epochs = [[UInt8]](repeating: epoch + [UInt8(ascii: ",")], count: 64).flatMap(\.self)

    /// Feast's names of our statuses.
    private static let statuses = StatusWords { status in
        switch status {
        case .present, .null: "PRESENT"
        case .notFound, .notMaterialized: "NOT_FOUND"
        case .outsideMaxAge: "OUTSIDE_MAX_AGE"
        case .overflow, .broken, .forbidden: "INVALID"
        }
    }
}

/// The event times of an answer as text, each row written once and copied for every column that shares it.
private struct EventTimeTexts {
    private let bytes: [UInt8]
    private let ends: [Int]

    init(_ vectors: FeatureVectors) {
        var writer = JSONWriter(capacity: vectors.eventTimes.count * 28)
        var ends: [Int] = []
        for (place, time) in vectors.eventTimes.enumerated() {
            if place % vectors.count > 0 { writer.comma() }
            writer.timestamp(time ?? Timestamp(microseconds: 0))
            if (place + 1) % vectors.count == 0 { ends.append(writer.buffer.readableBytes) }
        }
        bytes = writer.bytes
        self.ends = ends
    }

    func row(_ index: Int) -> ArraySlice<UInt8> {
        guard index < ends.count else { return [] }
        return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }
}
