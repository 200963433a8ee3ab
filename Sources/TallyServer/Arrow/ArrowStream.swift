// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import TallyModel

/// Writes an IPC stream of Arrow: a schema, one dictionary of words, one record batch, and the mark of the end.
///
/// Source: "Arrow Columnar Format", section "Serialization and Interprocess Communication", and `Message.fbs`, metadata
/// version V5. Each message is a mark, the length of its header, the header as FlatBuffers, and its body.
struct ArrowStream {
    static let contentType = "application/vnd.apache.arrow.stream"

    private(set) var buffer: ByteBuffer

    /// Starts with room for so many bytes.
    init(capacity: Int) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    /// Writes the schema, with texts about the whole.
    mutating func schema(_ fields: [ArrowField], metadata: [(String, String)]) {
        let schema = FlatTable([
            .number(0, bytes: 2), .tables(fields.map(\.table)), .tables(ArrowField.pairs(metadata)),
        ])
        message(kind: 1, schema, bodyBytes: 0)
    }

    /// Writes the words that columns name by number.
    mutating func dictionary(_ words: [String]) {
        var columns = ArrowColumns(count: words.count)
        columns.add(Column(type: .string, values: words.map { .string($0) }))
        let dictionary = FlatTable([.number(ArrowField.dictionary, bytes: 8), .table(Self.batch(columns))])
        message(kind: 2, dictionary, bodyBytes: columns.byteCount)
        columns.write(to: &buffer)
    }

    /// Writes the rows; `pay` is told how long the stream becomes before it does.
    mutating func rows<Failure: Error>(
        _ columns: ArrowColumns, pay: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        message(kind: 3, Self.batch(columns), bodyBytes: columns.byteCount)
        try pay(buffer.readableBytes + columns.byteCount + 8)
        columns.write(to: &buffer)
    }

    /// Writes the mark of the end.
    mutating func finish() {
        buffer.writeInteger(Self.mark)
        buffer.writeInteger(UInt32(0))
    }

    private static let mark = UInt32.max
    private static let version: Int64 = 4

    private static func batch(_ columns: ArrowColumns) -> FlatTable {
        FlatTable([
            .number(Int64(columns.count), bytes: 8), .structs(columns.nodes, numbers: 2),
            .structs(columns.places, numbers: 2),
        ])
    }

    /// Writes a header; bodies begin at multiples of eight bytes.
    private mutating func message(kind: Int64, _ header: FlatTable, bodyBytes: Int) {
        let bytes = FlatBuffer(
            root: FlatTable([
                .number(Self.version, bytes: 2), .number(kind, bytes: 1), .table(header),
                .number(Int64(bodyBytes), bytes: 8),
            ])
        ).bytes
        let length = FlatBuffer.rounded(bytes.count, to: 8)
        buffer.writeInteger(Self.mark)
        buffer.writeInteger(UInt32(length), endianness: .little)
        buffer.writeBytes(bytes)
        buffer.writeRepeatingByte(0, count: length - bytes.count)
    }
}
