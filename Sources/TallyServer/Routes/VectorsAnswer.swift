// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

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

    var bytes: [UInt8] { writer.bytes }

    init(_ prepared: PreparedLayout, _ vectors: FeatureVectors) {
        writer = JSONWriter(capacity: 1_024 + vectors.values.count * 32 + vectors.eventTimes.count * 25)
        writer.raw("{\"release\":")
        writer.json(vectors.release?.json ?? .null)
        writer.raw(",\"time\":")
        writer.timestamp(vectors.time)
        writer.raw(",\"columns\":[")
        served.reserveCapacity(vectors.columns.count)
        for column in vectors.columns.indices {
            if column > 0 { writer.comma() }
            addColumn(column, prepared, vectors)
        }
        writer.raw("],\"eventTimes\":[")
        addTimes(vectors)
        writer.raw("],\"receipt\":")
        writer.json(Receipt(of: vectors).json)
        writer.raw("}")
    }

    private mutating func addColumn(_ column: Int, _ prepared: PreparedLayout, _ vectors: FeatureVectors) {
        writer.raw(prepared.columnHeads[column])
        var numbers = StatusNumbers(repeating: 0)
        let range = column * vectors.count..<(column + 1) * vectors.count
        for place in range {
            let status = Int(vectors.statuses[place].rawValue)
            if place > range.lowerBound { writer.comma() }
            writer.raw(Self.statuses[status])
            numbers[status] += 1
        }
        writer.raw("],\"values\":[")
        for place in range {
            if place > range.lowerBound { writer.comma() }
            writer.value(vectors.values[place])
        }
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

    /// The names of the statuses in quotes, by number.
    private static let statuses = ValueStatus.allCases.map { Array("\"\($0.name)\"".utf8) }
}
