// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel
internal import TallyStore

/// The answer to `POST /v1/vectors` as an IPC stream of Arrow, of one batch.
///
/// Columns: the keys of the request; each feature with its declared type; for each feature its statuses, `NAME__status`;
/// and for each view and on-demand feature the event times, `NAME__event_time`. Names may collide; which column is what
/// stands in the metadata of its field, and what the JSON answer has besides columns in that of the schema.
struct VectorsArrow {
    private(set) var body: ByteBuffer
    /// For each column's counter, the numbers of its values by status.
    private(set) var served: [(counter: Int, numbers: StatusNumbers)] = []

    /// The approximate bytes of a value, with its status and its share of the times.
    static let bytesPerValue = 10

    private static let words = ValueStatus.allCases.map(\.name)
    private static let key = [("tally.role", "key")]

    /// Writes the answer; `stay` pays for what it becomes longer than was reckoned.
    init(_ prepared: CachedLayout, _ keys: Batch, _ vectors: FeatureVectors, _ stay: Stay) throws(Refusal) {
        var columns = ArrowColumns(count: vectors.count)
        var fields: [ArrowField] = []
        for (key, column) in zip(keys.schema, keys.columns) {
            fields.append(ArrowField(name: key.name, type: key.type, metadata: Self.key))
            columns.add(column)
        }
        for (column, values) in zip(vectors.columns, vectors.values) {
            fields.append(Self.field(column))
            columns.add(values)
        }
        for (index, column) in vectors.columns.enumerated() {
            fields.append(
                ArrowField(
                    name: column.name + "__status", type: .string, isDictionary: true,
                    metadata: [("tally.role", "status")]))
            let statuses = vectors.statuses[index * vectors.count..<(index + 1) * vectors.count].map(\.rawValue)
            columns.add(words: statuses)
            if let counter = prepared.counters[index] {
                var numbers = StatusNumbers(repeating: 0)
                for status in statuses { numbers[Int(status)] += 1 }
                served.append((counter, numbers))
            }
        }
        for (row, name) in Self.timeNames(vectors).enumerated() {
            let times = vectors.eventTimes[row * vectors.count..<(row + 1) * vectors.count]
            fields.append(
                ArrowField(
                    name: name + "__event_time", type: .timestamp, metadata: [("tally.role", "eventTime")]))
            columns.add(Self.column(times))
        }
        guard !columns.isTooLong else {
            throw .misuse("the texts or lists of a column are longer than an answer can hold", help: "ask in parts")
        }
        var stream = ArrowStream(capacity: 4_096 + 512 * fields.count + columns.byteCount)
        stream.schema(fields, metadata: Self.envelope(vectors))
        stream.dictionary(Self.words)
        try stream.rows(columns) { (length) throws(Refusal) in try stay.write(length) }
        stream.finish()
        body = stream.buffer
    }

    private static func field(_ column: FeatureVectors.Column) -> ArrowField {
        var metadata = [("tally.role", "value")]
        if let view = column.view { metadata.append(("tally.view", view)) }
        metadata += [
            ("tally.feature", column.feature), ("tally.type", column.type.name), ("tally.times", String(column.times)),
        ]
        return ArrowField(name: column.name, type: column.type, metadata: metadata)
    }

    /// What the JSON answer has besides its columns.
    private static func envelope(_ vectors: FeatureVectors) -> [(String, String)] {
        [
            ("tally.release", (vectors.release?.json ?? .null).compactText), ("tally.time", vectors.time.description),
            ("tally.receipt", Receipt(of: vectors).json.compactText),
        ]
    }

    /// For each row of times, the view that it is of, or the feature that is computed on demand.
    private static func timeNames(_ vectors: FeatureVectors) -> [String] {
        let rows = (vectors.columns.map(\.times).max() ?? -1) + 1
        return (0..<rows).map { row in
            guard let column = vectors.columns.first(where: { $0.times == row }) else { return "" }
            return column.view ?? column.feature
        }
    }

    private static func column(_ times: ArraySlice<Timestamp?>) -> Column {
        let start = times.startIndex
        return Column(
            type: .timestamp, storage: .int64(times.map { $0?.microseconds ?? 0 }),
            validity: Validity(count: times.count) { times[start + $0] != nil })
    }
}
