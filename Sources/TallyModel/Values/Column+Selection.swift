// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Column {
    /// The rows at `indices`, in that order; an index may repeat.
    public func selecting(_ indices: [Int]) -> Column {
        let selected: Storage
        switch storage {
        case .bool(let values): selected = .bool(indices.map { values[$0] })
        case .int32(let values): selected = .int32(indices.map { values[$0] })
        case .int64(let values): selected = .int64(indices.map { values[$0] })
        case .float32(let values): selected = .float32(indices.map { values[$0] })
        case .float64(let values): selected = .float64(indices.map { values[$0] })
        case .bytes(let offsets, let bytes):
            var newOffsets = [0]
            newOffsets.reserveCapacity(indices.count + 1)
            var newBytes: [UInt8] = []
            for index in indices {
                newBytes += bytes[offsets[index]..<offsets[index + 1]]
                newOffsets.append(newBytes.count)
            }
            selected = .bytes(offsets: newOffsets, bytes: newBytes)
        case .array(let offsets, let elements):
            var newOffsets = [0]
            var rows: [Int] = []
            for index in indices {
                rows += offsets[index]..<offsets[index + 1]
                newOffsets.append(rows.count)
            }
            selected = .array(offsets: newOffsets, elements: elements.selecting(rows))
        }
        guard !validity.isAllPresent else { return Column(type: type, storage: selected) }
        return Column(
            type: type, storage: selected,
            validity: Validity(count: indices.count) { validity[indices[$0]] })
    }

    /// The rows of all parts one after the other; at least one part, all of one type.
    public static func concatenating(_ parts: [Column]) -> Column {
        precondition(!parts.isEmpty, "no columns to concatenate")
        guard parts.count > 1 else { return parts[0] }
        let type = parts[0].type
        let count = parts.reduce(0) { $0 + $1.count }
        let storage: Storage
        switch parts[0].storage {
        case .bool:
            storage = .bool(
                parts.flatMap { (part) -> [UInt8] in if case .bool(let values) = part.storage { values } else { [] } })
        case .int32:
            storage = .int32(
                parts.flatMap { (part) -> [Int32] in if case .int32(let values) = part.storage { values } else { [] } })
        case .int64:
            storage = .int64(
                parts.flatMap { (part) -> [Int64] in if case .int64(let values) = part.storage { values } else { [] } })
        case .float32:
            storage = .float32(
                parts.flatMap { (part) -> [Float] in if case .float32(let values) = part.storage { values } else { [] }
                })
        case .float64:
            storage = .float64(
                parts.flatMap { (part) -> [Double] in if case .float64(let values) = part.storage { values } else { [] }
                })
        case .bytes:
            var offsets = [0]
            offsets.reserveCapacity(count + 1)
            var bytes: [UInt8] = []
            for part in parts {
                guard case .bytes(let partOffsets, let partBytes) = part.storage else { continue }
                let start = bytes.count
                bytes += partBytes
                for offset in partOffsets.dropFirst() { offsets.append(start + offset) }
            }
            storage = .bytes(offsets: offsets, bytes: bytes)
        case .array:
            var offsets = [0]
            var elements: [Column] = []
            var start = 0
            for part in parts {
                guard case .array(let partOffsets, let partElements) = part.storage else { continue }
                for offset in partOffsets.dropFirst() { offsets.append(start + offset) }
                elements.append(partElements)
                start += partElements.count
            }
            storage = .array(offsets: offsets, elements: concatenating(elements))
        }
        return Column(type: type, storage: storage, validity: .concatenating(parts.map(\.validity)))
    }
}

extension Validity {
    /// The masks one after the other.
    public static func concatenating(_ parts: [Validity]) -> Validity {
        let count = parts.reduce(0) { $0 + $1.count }
        guard parts.contains(where: { !$0.isAllPresent }) else { return Validity(allPresent: count) }
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        var position = 0
        for part in parts {
            for index in 0..<part.count where part[index] {
                words[(position + index) >> 6] |= 1 << UInt64((position + index) & 63)
            }
            position += part.count
        }
        return Validity(words: words, count: count)
    }
}

extension Batch {
    /// The rows at `indices`, in that order.
    public func selecting(_ indices: [Int]) -> Batch {
        Batch(schema: schema, columns: columns.map { $0.selecting(indices) }, count: indices.count)
    }

    /// The rows of all parts one after the other; at least one part, all of one schema.
    public static func concatenating(_ parts: [Batch]) -> Batch {
        precondition(!parts.isEmpty, "no batches to concatenate")
        precondition(parts.allSatisfy { $0.schema == parts[0].schema }, "batches of different schemas")
        guard parts.count > 1 else { return parts[0] }
        return Batch(
            schema: parts[0].schema,
            columns: parts[0].schema.indices.map { index in Column.concatenating(parts.map { $0.columns[index] }) },
            count: parts.reduce(0) { $0 + $1.count })
    }
}
