// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The canonical hash of rows that arrive batch by batch: equal rows in equal order give equal hashes.
///
/// Each column is digested on its own, presence (one byte a row) apart from the canonical bytes of its present values,
/// so that neither batch borders nor the layout of a file matter. The rows' fingerprint is the digest of the canonical
/// JSON of names, types, column digests and the row count.
public struct BatchHasher: Sendable {
    private let schema: [ColumnSchema]
    private var presence: [FingerprintHasher]
    private var values: [FingerprintHasher]
    private var count = 0

    /// Starts with no rows of the schema.
    public init(schema: [ColumnSchema]) {
        self.schema = schema
        presence = schema.map { _ in FingerprintHasher() }
        values = presence
    }

    /// Appends the rows of a batch of the same schema.
    public mutating func update(_ batch: Batch) {
        precondition(batch.schema == schema, "a batch of another schema")
        count += batch.count
        for (index, column) in batch.columns.enumerated() {
            presence[index].update(
                column.validity.isAllPresent
                    ? [UInt8](repeating: 1, count: column.count)
                    : (0..<column.count).map { column.validity[$0] ? 1 : 0 })
            Self.update(&values[index], with: column)
        }
    }

    /// The fingerprint of all rows so far.
    public func finish() -> Fingerprint {
        let columns = schema.indices.map { index in
            JSON.object([
                ("name", .string(schema[index].name)), ("type", .string(schema[index].type.name)),
                ("presence", .string(presence[index].finish().hex)),
                ("values", .string(values[index].finish().hex)),
            ])
        }
        return Fingerprint(of: .object([("columns", .array(columns)), ("rows", .int(Int64(count)))]))
    }

    private static func update(_ hasher: inout FingerprintHasher, with column: Column) {
        switch column.storage {
        case .bool(let values): update(&hasher, values, column.validity) { $0 }
        case .int32(let values): update(&hasher, values, column.validity) { $0.bigEndian }
        case .int64(let values): update(&hasher, values, column.validity) { $0.bigEndian }
        case .float32(let values): update(&hasher, values, column.validity) { $0.canonical.bitPattern.bigEndian }
        case .float64(let values): update(&hasher, values, column.validity) { $0.canonical.bitPattern.bigEndian }
        case .bytes(let offsets, let bytes): update(&hasher, offsets, bytes, column.validity)
        case .array:
            var bytes: [UInt8] = []
            for row in 0..<column.count { CanonicalEncoding.append(column[row], to: &bytes) }
            hasher.update(bytes)
        }
    }

    private static func update<Element, Encoded: BitwiseCopyable>(
        _ hasher: inout FingerprintHasher, _ values: [Element], _ validity: Validity, encode: (Element) -> Encoded
    ) {
        var encoded: [Encoded] = []
        encoded.reserveCapacity(values.count)
        for index in values.indices where validity[index] { encoded.append(encode(values[index])) }
        unsafe encoded.withUnsafeBytes { unsafe hasher.update($0) }
    }

    /// The canonical bytes of text, a four-byte length and the bytes for each present value, without making strings.
    private static func update(
        _ hasher: inout FingerprintHasher, _ offsets: [Int], _ bytes: [UInt8], _ validity: Validity
    ) {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count + 4 * validity.count)
        for row in 0..<validity.count where validity[row] {
            let length = UInt32(offsets[row + 1] - offsets[row])
            encoded.append(UInt8(truncatingIfNeeded: length >> 24))
            encoded.append(UInt8(truncatingIfNeeded: length >> 16))
            encoded.append(UInt8(truncatingIfNeeded: length >> 8))
            encoded.append(UInt8(truncatingIfNeeded: length))
            encoded += bytes[offsets[row]..<offsets[row + 1]]
        }
        hasher.update(encoded)
    }
}
