// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// Where a request ends among the bytes that arrive.
///
/// It only says how many bytes belong to the request, and the decoder reads them: where the two are of different minds about
/// an end, the connection is refused. So nobody can hide a request behind a spelling that only one of them understands.
struct RequestFraming {
    /// How large the fields of a head may be, and how many there may be: each costs the loop time that others wait for.
    static let limits = HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 256)

    /// A head that is not read after so many bytes will not be: its fields may have half of it.
    static let longestHead = 64 << 10

    /// So much of a body is passed on at once: all other connections of the loop wait meanwhile, and probes do.
    static let (mostBytesAtOnce, mostChunksAtOnce) = (16 << 10, 32)

    /// How long the line with a chunk's size may be.
    private static let longestSizeLine = 1 << 7

    private static let others = [Array("RTSP/".utf8), Array("ICE/".utf8)]
    private static let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    /// How much of a line of a head or of trailers was seen.
    private enum Line { case nothing, carriageReturn, some }

    private enum Place {
        case beforeHead
        case requestLine
        case fields(Line)
        case behindHead
        case body(left: Int)
        case size(digits: Int, value: Int)
        case sizeRest(value: Int, length: Int)
        case chunk(left: Int)
        case chunkEnd(Line)
        case trailers(Line)
        case end
    }

    private var place = Place.beforeHead
    /// The last bytes of the request's line.
    private var lineEnd: [UInt8] = []
    /// How many bytes a head that is not read yet has so far, or what follows a body in chunks.
    private(set) var bytesOfHead = 0
    /// Whether the head was read, and nothing of the body that follows.
    private(set) var isAtStartOfBody = false

    /// Whether the head is there whole, and how the body is framed is to be said.
    var isBehindHead: Bool { if case .behindHead = place { true } else { false } }

    /// Whether the request is there whole.
    var isAtEnd: Bool { if case .end = place { true } else { false } }

    /// How many of some bytes come next; up to the end of the head, to that of the request, or to so many as are enough.
    ///
    /// Throws for heads that are too long, for other protocols that are written alike, and for chunks that are none.
    mutating func take(_ bytes: ByteBufferView) throws(HTTPParserError) -> Int {
        var rest = bytes
        var chunks = 0
        isAtStartOfBody = false
        while !rest.isEmpty, !isBehindHead, !isAtEnd, chunks < Self.mostChunksAtOnce,
            rest.startIndex - bytes.startIndex < Self.mostBytesAtOnce
        {
            let start = rest.startIndex
            switch place {
            case .beforeHead, .requestLine, .fields:
                try takeHead(&rest)
                bytesOfHead += rest.startIndex - start
                guard bytesOfHead <= Self.longestHead else { throw .headerOverflow }
            case .body(let left):
                rest = rest.dropFirst(left)
                let now = left - (rest.startIndex - start)
                place = now > 0 ? .body(left: now) : .end
            case .size, .sizeRest: try takeSize(&rest)
            case .chunk(let left):
                rest = rest.dropFirst(left)
                let now = left - (rest.startIndex - start)
                place = now > 0 ? .chunk(left: now) : .chunkEnd(.nothing)
            case .chunkEnd(let line):
                try takeChunkEnd(&rest, line)
                chunks += 1
            case .trailers(let line):
                place = takeLine(&rest, line).map { .trailers($0) } ?? .end
                bytesOfHead += rest.startIndex - start
                guard bytesOfHead <= Self.longestHead else { throw .headerOverflow }
            case .behindHead, .end: break
            }
        }
        return rest.startIndex - bytes.startIndex
    }

    /// Notes how the body of the head that was read is framed.
    mutating func begin(_ head: HTTPRequestHead) {
        bytesOfHead = 0
        if head.headers.contains(name: "transfer-encoding") {
            place = .size(digits: 0, value: 0)
        } else if let length = head.headers["content-length"].first {
            // The decoder has read it as a number. What does not fit has no end.
            let digits = length.filter { $0.isASCII && $0.isNumber }
            let left = digits.isEmpty ? 0 : Int(digits) ?? .max
            place = left > 0 ? .body(left: left) : .end
        } else {
            place = .end
        }
        isAtStartOfBody = !isAtEnd
    }

    /// Notes that the next request begins.
    mutating func next() { (place, bytesOfHead) = (.beforeHead, 0) }

    private mutating func takeHead(_ rest: inout ByteBufferView) throws(HTTPParserError) {
        switch place {
        case .beforeHead:
            rest = rest.drop { $0 == Self.lineFeed || $0 == Self.carriageReturn }
            if !rest.isEmpty { (place, lineEnd) = (.requestLine, []) }
        case .requestLine:
            let end = rest.firstIndex(of: Self.lineFeed)
            lineEnd += rest[..<(end ?? rest.endIndex)].suffix(Self.bytesOfLineEnd)
            lineEnd = lineEnd.suffix(Self.bytesOfLineEnd)
            rest = end.map { rest[($0 + 1)...] } ?? rest.dropFirst(rest.count)
            guard end != nil else { return }
            guard !isForeign else { throw .invalidVersion }
            place = .fields(.nothing)
        case .fields(let line): place = takeLine(&rest, line).map { .fields($0) } ?? .behindHead
        case .behindHead, .body, .size, .sizeRest, .chunk, .chunkEnd, .trailers, .end: break
        }
    }

    private static let bytesOfLineEnd = 16

    /// Whether the request's line names a protocol that the decoder takes for HTTP of the same version.
    private var isForeign: Bool {
        let word = lineEnd.split(separator: UInt8(ascii: " ")).last ?? []
        return Self.others.contains { word.starts(with: $0) }
    }

    /// Takes a part of a line, at most all of it; nil behind an empty one.
    private func takeLine(_ rest: inout ByteBufferView, _ line: Line) -> Line? {
        if line != .some, let first = rest.first {
            if first == Self.lineFeed || line == .nothing && first == Self.carriageReturn {
                rest = rest.dropFirst()
                return first == Self.lineFeed ? nil : .carriageReturn
            }
        }
        guard let end = rest.firstIndex(of: Self.lineFeed) else {
            rest = rest.dropFirst(rest.count)
            return .some
        }
        rest = rest[(end + 1)...]
        return .nothing
    }

    /// Takes a part of the line with a chunk's size: hexadecimal digits, and something behind them that says nothing here.
    private mutating func takeSize(_ rest: inout ByteBufferView) throws(HTTPParserError) {
        switch place {
        case .size(let digits, let value):
            guard let byte = rest.popFirst() else { return }
            if let digit = Character(UnicodeScalar(byte)).hexDigitValue {
                // More than fits into fifteen digits nobody sends, and it must not be added up.
                guard digits < 15 else { throw .invalidChunkSize }
                place = .size(digits: digits + 1, value: value * 16 + digit)
            } else {
                guard digits > 0, byte == Self.carriageReturn || byte == UInt8(ascii: ";") else {
                    throw .invalidChunkSize
                }
                place = .sizeRest(value: value, length: 0)
            }
        case .sizeRest(let value, let length):
            // In one step: who sends nothing but such words must not cost more than who sends data.
            let end = rest.firstIndex(of: Self.lineFeed)
            let taken = (end.map { $0 + 1 } ?? rest.endIndex) - rest.startIndex
            guard length + taken <= Self.longestSizeLine else { throw .invalidChunkSize }
            rest = rest.dropFirst(taken)
            place =
                end == nil
                ? .sizeRest(value: value, length: length + taken)
                : value > 0 ? .chunk(left: value) : .trailers(.nothing)
        case .beforeHead, .requestLine, .fields, .behindHead, .body, .chunk, .chunkEnd, .trailers, .end: break
        }
    }

    private mutating func takeChunkEnd(_ rest: inout ByteBufferView, _ line: Line) throws(HTTPParserError) {
        let expected = line == .nothing ? Self.carriageReturn : Self.lineFeed
        guard rest.popFirst() == expected else { throw .invalidChunkSize }
        place = line == .nothing ? .chunkEnd(.carriageReturn) : .size(digits: 0, value: 0)
    }
}
