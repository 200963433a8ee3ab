// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension FeatureVectors {
    /// The bytes of `json.compactText`, its slow twin, written without a tree: `get` is to take microseconds.
    var text: [UInt8] {
        var text = JSONText(capacity: 1_024 + columns.count * (128 + count * 32))
        let release = (release?.json ?? .null).compactBytes
        text.raw("{\"release\":")
        text.raw(release)
        text.raw(",\"time\":")
        text.time(time)
        text.raw(",\"columns\":[")
        for index in columns.indices {
            if index > 0 { text.comma() }
            write(column: index, to: &text)
        }
        text.raw("],\"eventTimes\":[")
        writeTimes(to: &text)
        text.raw("],\"receipt\":")
        write(Receipt(of: self), release, to: &text)
        text.raw("}")
        return text.bytes
    }

    private func write(column index: Int, to text: inout JSONText) {
        let column = columns[index]
        text.raw("{\"name\":")
        text.string(column.name)
        text.raw(",\"view\":")
        if let view = column.view { text.string(view) } else { text.raw("null") }
        text.raw(",\"feature\":")
        text.string(column.feature)
        text.raw(",\"type\":")
        text.string(column.type.name)
        text.raw(",\"times\":")
        text.integer(Int64(column.times))
        text.raw(",\"statuses\":[")
        Self.write(statuses[index * count..<(index + 1) * count], to: &text)
        text.raw("],\"values\":[")
        text.values(values[index])
        text.raw("]}")
    }

    private static func write(_ statuses: ArraySlice<ValueStatus>, to text: inout JSONText) {
        guard let first = statuses.first else { return }
        // In most columns all are the same, and the words come many at a time.
        guard statuses.allSatisfy({ $0 == first }) else {
            for (number, status) in statuses.enumerated() {
                if number > 0 { text.comma() }
                text.raw(words[Int(status.rawValue)])
            }
            return
        }
        let (block, word) = (blocks[Int(first.rawValue)], words[Int(first.rawValue)])
        for _ in 0..<(statuses.count - 1) / blockLength { text.raw(block) }
        for _ in 0..<(statuses.count - 1) % blockLength {
            text.raw(word)
            text.comma()
        }
        text.raw(word)
    }

    private func writeTimes(to text: inout JSONText) {
        let rows = (columns.map(\.times).max() ?? -1) + 1
        for row in 0..<rows {
            text.raw(row > 0 ? ",[" : "[")
            for entity in 0..<count {
                if entity > 0 { text.comma() }
                if let time = eventTimes[row * count + entity] { text.time(time) } else { text.raw("null") }
            }
            text.raw("]")
        }
    }

    private func write(_ receipt: Receipt, _ release: [UInt8], to text: inout JSONText) {
        text.raw("{\"time\":")
        text.time(receipt.time)
        text.raw(",\"release\":")
        text.raw(release)
        text.raw(",\"read\":")
        text.raw(JSON.array(receipt.positions.map(\.json)).compactBytes)
        text.raw(",\"digest\":\"")
        text.raw(receipt.digest.hex)
        text.raw("\"}")
    }

    private static let words = ValueStatus.allCases.map { Array("\"\($0.name)\"".utf8) }
    private static let blockLength = 32
    /// Each word so often, with a comma behind each.
    private static let blocks = words.map { word in
        (0..<blockLength).flatMap { _ in word + [UInt8(ascii: ",")] }
    }
}
