// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A bounded piece of what a fill was given, encoded: one transaction's worth, kept so that it can be written again.
struct Chunk {
    private struct Place {
        let key: Int
        let value: Int
        let end: Int
    }

    /// Whether nothing comes after it.
    var isLast = false
    private var bytes: [UInt8] = []
    private var places: [Place] = []

    /// The number of cells in it.
    var count: Int { places.count }
    /// The number of bytes in them.
    var byteCount: Int { bytes.count }
    /// The stored key of the last cell.
    var lastKey: [UInt8]? { places.last.map { Array(bytes[$0.key..<$0.value]) } }

    /// Appends a cell's stored key and stored bytes.
    mutating func append(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let start = bytes.count
        unsafe bytes.append(contentsOf: key)
        unsafe bytes.append(contentsOf: value)
        places.append(Place(key: start, value: start + key.count, end: bytes.count))
    }

    /// Appends a cell's stored key and stored bytes.
    mutating func append(_ key: [UInt8], _ value: [UInt8]) {
        unsafe key.withUnsafeBytes { key in unsafe value.withUnsafeBytes { unsafe append(key, $0) } }
    }

    /// Hands over stored keys and stored bytes in their order.
    func forEach(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(TallyError) -> Void
    ) throws(TallyError) {
        unsafe try bytes.span.bytes.withUnsafeBytes { (bytes) throws(TallyError) in
            for place in places {
                unsafe try body(
                    UnsafeRawBufferPointer(rebasing: bytes[place.key..<place.value]),
                    UnsafeRawBufferPointer(rebasing: bytes[place.value..<place.end]))
            }
        }
    }
}
