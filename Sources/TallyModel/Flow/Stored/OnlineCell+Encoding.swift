// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The stored form of a cell, which `StateLayout` defines.
extension OnlineCell {
    /// The bytes stored under a key.
    public func encoded(for key: OnlineKey) -> [UInt8] { key.layout.bytes(of: self, for: key) }

    /// Reads what `encoded(for:)` wrote under the same key.
    public init(_ bytes: RawSpan, key: OnlineKey) throws(Corruption) {
        self.init(ordered: try key.layout.rows(in: bytes, key: key))
    }

    /// Reads what `encoded(for:)` wrote under the same key.
    public init(encoded bytes: [UInt8], key: OnlineKey) throws(Corruption) {
        self = try bytes.reading { (span) throws(Corruption) in try OnlineCell(span, key: key) }
    }

    /// Takes apart what a store found under a stored key, in any layout: the key, with its full bytes, and the cell.
    public static func entry(stored: [UInt8], _ bytes: RawSpan) throws(Corruption) -> OnlineEntry {
        try StateLayout.entry(stored: stored, bytes)
    }

    /// The positions of a row's parts in the bytes of a cell.
    public struct StoredRow: Sendable, Hashable {
        /// The event time; nil for a source without event time.
        public let eventTime: Timestamp?
        /// The nanoseconds cut from the event time: −999 to 0.
        public let cutNanoseconds: Int32
        /// The known time.
        public let knownTime: Timestamp
        /// Its position in the source's log.
        public let sequence: Int64
        /// The range of the stored values.
        public let values: Range<Int>
    }
}
