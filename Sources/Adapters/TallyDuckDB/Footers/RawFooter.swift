// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The bytes of a Parquet file's footer, and what Thrift makes of them.
struct RawFooter {
    /// Where the footer begins: behind everything else.
    let start: Int
    let bytes: [UInt8]
    /// The length of the footer and the mark at the end of the file.
    let tail: [UInt8]
    let root: ThriftValue

    /// The mark at both ends of a file and the length before the last.
    private static let tailBytes = 8

    /// Reads the footer of an open file; nil when there is none.
    init?(_ file: borrowing OpenFile) throws(OpenFile.Failure) {
        let size = Int(try file.stamp().size)
        guard size > Self.tailBytes else { return nil }
        tail = try file.read(upTo: Self.tailBytes, at: size - Self.tailBytes)
        guard tail.count == Self.tailBytes, Array(tail[4...]) == Array("PAR1".utf8) else { return nil }
        let count = tail[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        start = size - Self.tailBytes - count
        guard start >= 4 else { return nil }
        bytes = try file.read(upTo: count, at: start)
        guard bytes.count == count else { return nil }
        var reader = ThriftReader(bytes)
        guard let root = reader.structure() else { return nil }
        self.root = root
    }

    /// The bytes of a value; nil for a value of another kind.
    func bytes(of value: ThriftValue?) -> [UInt8]? {
        guard case .bytes(let range)? = value else { return nil }
        return Array(bytes[range])
    }

    /// The text of a value; nil for a value of another kind.
    func text(_ value: ThriftValue?) -> String? { bytes(of: value).map { String(decoding: $0, as: UTF8.self) } }
}
