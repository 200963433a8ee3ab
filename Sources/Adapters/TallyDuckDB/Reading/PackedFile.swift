// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CPacked
internal import TallyModel
internal import TallyReading

/// The bytes of text files, unpacked where the name says that they are packed: `.gz` and `.zst`.
enum PackedFile {
    /// The plain bytes of a file; `E-unreadable` where it cannot be read or is not packed as its name says.
    static func bytes(of path: String, named name: String) throws(TallyError) -> ByteSource {
        let packed = try TextFile.bytes(of: path, named: name)
        let ending = path.lowercased()
        if ending.hasSuffix(".gz") {
            let unpacker = GzipFile(packed, name)
            return { () throws(TallyError) in try unpacker.next() }
        }
        if ending.hasSuffix(".zst") {
            let unpacker = ZstandardFile(packed, name)
            return { () throws(TallyError) in try unpacker.next() }
        }
        return packed
    }

    /// Whether a file's name says that it is packed.
    static func isPacked(_ path: String) -> Bool {
        let ending = path.lowercased()
        return ending.hasSuffix(".gz") || ending.hasSuffix(".zst")
    }

    fileprivate static let roomBytes = 1 << 20

    fileprivate static func damaged(_ name: String, _ kind: String) -> TallyError {
        TallyError(
            .unreadable, "is named like a \(kind) file, and is none or is cut off", subject: name,
            help: "let its writer finish, write it again, or name it as what it is")
    }
}

/// Unpacks gzip (RFC 1952), also several members one behind the other.
@safe private final class GzipFile {
    private let source: ByteSource
    private let name: String
    private var stream = unsafe z_stream()
    private var input: [UInt8] = []
    private var position = 0
    private var isInMember = false
    private var isStarted = false

    init(_ source: @escaping ByteSource, _ name: String) {
        self.source = source
        self.name = name
    }

    deinit { if isStarted { unsafe inflateEnd(&stream) } }

    func next() throws(TallyError) -> [UInt8] {
        while true {
            if position == input.count {
                input = try source()
                position = 0
                if input.isEmpty {
                    guard !isInMember, isStarted else { throw PackedFile.damaged(name, "gzip") }
                    return []
                }
            }
            if !isInMember {
                let state = unsafe isStarted ? inflateReset(&stream) : tally_inflate_init(&stream)
                guard state == Z_OK else { throw PackedFile.damaged(name, "gzip") }
                (isStarted, isInMember) = (true, true)
            }
            let (bytes, state) = inflate()
            guard state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR else {
                throw PackedFile.damaged(name, "gzip")
            }
            if state == Z_STREAM_END { isInMember = false }
            if !bytes.isEmpty { return bytes }
        }
    }

    private func inflate() -> ([UInt8], Int32) {
        var state = Z_OK
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: PackedFile.roomBytes) { room, count in
            let size = room.count
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe stream.next_in = input.baseAddress.map { unsafe $0 + position }
                unsafe stream.avail_in = UInt32(input.count - position)
                unsafe stream.next_out = room.baseAddress
                unsafe stream.avail_out = UInt32(size)
                state = unsafe CPacked.inflate(&stream, Z_NO_FLUSH)
                position = unsafe input.count - Int(stream.avail_in)
            }
            count = unsafe size - Int(stream.avail_out)
        }
        return (bytes, state)
    }
}

/// Unpacks Zstandard (RFC 8878), also several frames one behind the other.
@safe private final class ZstandardFile {
    private let source: ByteSource
    private let name: String
    private let context: OpaquePointer?
    private var input: [UInt8] = []
    private var position = 0
    /// What the last call wants more of; zero at the end of a frame.
    private var wanted = 0
    private var isStarted = false

    init(_ source: @escaping ByteSource, _ name: String) {
        self.source = source
        self.name = name
        unsafe context = ZSTD_createDCtx()
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    func next() throws(TallyError) -> [UInt8] {
        while true {
            if position == input.count {
                input = try source()
                position = 0
                if input.isEmpty {
                    guard wanted == 0, isStarted else { throw PackedFile.damaged(name, "zstd") }
                    return []
                }
            }
            let bytes = decompress()
            isStarted = true
            guard ZSTD_isError(wanted) == 0 else { throw PackedFile.damaged(name, "zstd") }
            if !bytes.isEmpty { return bytes }
        }
    }

    private func decompress() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: PackedFile.roomBytes) { room, count in
            var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            unsafe input.withUnsafeBytes { bytes in
                var piece = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: position)
                wanted = unsafe ZSTD_decompressStream(context, &output, &piece)
                position = unsafe piece.pos
            }
            count = unsafe output.pos
        }
    }
}
