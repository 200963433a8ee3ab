// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A place in stored bytes that moves forward as they are read; a read behind their end gives nil, never other bytes.
struct ByteCursor {
    private(set) var offset = 0

    /// The next integer, most significant byte first.
    @inline(__always)
    mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, as type: Number.Type = Number.self
    ) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset + size <= bytes.byteCount else { return nil }
        defer { offset += size }
        return unsafe Number(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Skips the next bytes and returns where they are; nil when there are fewer.
    mutating func skip(_ bytes: RawSpan, _ count: Int) -> Range<Int>? {
        guard count >= 0, count <= bytes.byteCount - offset else { return nil }
        defer { offset += count }
        return offset..<offset + count
    }

    /// The next bytes as an array; nil when there are fewer.
    mutating func array(_ bytes: RawSpan, _ count: Int) -> [UInt8]? {
        guard let range = skip(bytes, count) else { return nil }
        return unsafe bytes.extracting(range).withUnsafeBytes { unsafe Array($0) }
    }

    /// The next bytes as text; nil when there are fewer.
    mutating func text(_ bytes: RawSpan, _ count: Int) -> String? {
        guard let range = skip(bytes, count) else { return nil }
        return unsafe bytes.extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// Appends an integer, most significant byte first.
    @inline(__always)
    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(bigEndian value: Number) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
