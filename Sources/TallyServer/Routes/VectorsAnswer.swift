// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel

/// The body that answers `POST /v1/vectors`.
///
/// `release` and `time`; `columns`, each with its names, type, one status and one value for each entity, and `times`, the
/// row of `eventTimes` that tells when its values happened; `eventTimes`, one row for each view and on-demand column with
/// an instant or null for each entity; and the `receipt`.
struct VectorsAnswer {
    private var writer: JSONWriter
    /// For each column's counter, the numbers of its values by status.
    private(set) var served: [(counter: Int, numbers: StatusNumbers)] = []

    var body: ByteBuffer { writer.buffer }

    /// The approximate bytes of a value of fixed width, with its status and its share of the times.
    static let bytesPerValue = 32

    /// Writes the answer; `stay` pays for what it becomes longer than was reckoned.
    init(_ prepared: CachedLayout, _ vectors: FeatureVectors, _ stay: Stay) throws(Refusal) {
        writer = JSONWriter(capacity: prepared.answerBytes + vectors.statuses.count * Self.bytesPerValue)
        writer.raw("{\"release\":")
        writer.raw(prepared.release)
        writer.raw(",\"time\":")
        writer.timestamp(vectors.time)
        writer.raw(",\"columns\":[")
        served.reserveCapacity(vectors.columns.count)
        for column in vectors.columns.indices {
            if column > 0 { writer.comma() }
            addColumn(column, prepared, vectors)
            try stay.write(writer.buffer.readableBytes)
        }
        writer.raw("],\"eventTimes\":[")
        addTimes(vectors)
        writer.raw("],\"receipt\":{\"time\":")
        addReceipt(Receipt(of: vectors), prepared)
        writer.raw("}}")
    }

    /// The receipt as `Receipt.json` has it, for a fraction of its cost.
    private mutating func addReceipt(_ receipt: Receipt, _ prepared: CachedLayout) {
        writer.timestamp(receipt.time)
        writer.raw(",\"release\":")
        writer.raw(prepared.release)
        writer.raw(",\"read\":[")
        for (index, position) in receipt.positions.enumerated() {
            if index > 0 { writer.comma() }
            writer.raw(prepared.readHeads[index])
            switch position.place {
            case .online(let generation, let until):
                writer.raw(",\"generation\":")
                writer.integer(Int64(generation))
                writer.raw(",\"until\":")
                writer.timestamp(until)
            case .offline(let snapshot):
                writer.raw(",\"snapshot\":\"")
                writer.raw(snapshot.hex)
                writer.raw("\"")
            case .nowhere: break
            }
            writer.raw("}")
        }
        writer.raw("],\"digest\":\"")
        writer.raw(receipt.digest.hex)
        writer.raw("\"")
    }

    private mutating func addColumn(_ column: Int, _ prepared: CachedLayout, _ vectors: FeatureVectors) {
        writer.raw(prepared.columnHeads[column])
        let range = column * vectors.count..<(column + 1) * vectors.count
        let numbers = writer.statuses(vectors.statuses[range], Self.statuses)
        writer.raw("],\"values\":[")
        writer.values(vectors.values[column])
        writer.raw("]}")
        if let counter = prepared.counters[column] { served.append((counter, numbers)) }
    }

    private mutating func addTimes(_ vectors: FeatureVectors) {
        let rows = (vectors.columns.map(\.times).max() ?? -1) + 1
        for row in 0..<rows {
            writer.raw(row > 0 ? ",[" : "[")
            for entity in 0..<vectors.count {
                if entity > 0 { writer.comma() }
                if let time = vectors.eventTimes[row * vectors.count + entity] {
                    writer.timestamp(time)
                } else {
                    writer.raw(JSONWriter.null)
                }
            }
            writer.raw("]")
        }
    }

    private static let statuses = StatusWords(\.name)
}
