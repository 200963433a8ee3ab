// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// Tells HTTP from protocols that are written alike.
///
/// The decoder takes `RTSP/1.0` and `ICE/1.0` for HTTP of that version, and does not say which one it was. So the bytes of a
/// head are kept until it is read: this stands in front of the decoder, and is asked by who stands behind.
final class RequestLines: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How large the fields of a head may be, and how many there may be: heads count towards no budget, and each field costs
    /// the loop time that other connections wait for.
    static let limits = HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 256)

    /// A head that is not read after so many bytes will not be: its fields may have half of it.
    static let longestHead = 64 << 10

    private static let others = [Array("RTSP/".utf8), Array("ICE/".utf8)]

    /// What arrived since the last part of a request that was read, as far as it was not looked through.
    private var unread: [UInt8] = []
    /// Where in it the next head's line is looked for: each byte is looked at once, however many heads there are.
    private var place = 0
    /// Whether another protocol may be named in it.
    private var mayNameOthers = false
    /// Whether a part was read since the last bytes came.
    private var wasRead = false
    private var isInBody = false
    private var isTooLong = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isTooLong else { return }
        if !isInBody {
            let start = max(0, unread.count - 2)
            unread += unwrapInboundIn(data).readableBytesView
            mayNameOthers = mayNameOthers || Self.nameOthers(unread[start...])
        }
        wasRead = false
        context.fireChannelRead(data)
        if wasRead || isInBody { (unread, place, mayNameOthers) = ([], 0, false) }
        guard unread.count > Self.longestHead else { return }
        // The decoder bounds the fields of a head only: neither its line nor what may stand in front of it.
        (isTooLong, unread) = (true, [])
        context.fireErrorCaught(HTTPParserError.headerOverflow)
    }

    /// Notes that a part of a request was read, and whether more of its body is to come.
    func noteRead(isInBody: Bool) {
        wasRead = true
        self.isInBody = isInBody
    }

    /// Whether the line of a head names another protocol, or may do so for all that can be seen of it.
    ///
    /// Asked once for each head, in their order. A line that began in bytes before the last ones, behind another request, is
    /// not seen whole: HTTP/1.1 gets the benefit.
    func isForeign(_ head: HTTPRequestHead) -> Bool {
        guard !unread.isEmpty, head.version.minor == 0 || mayNameOthers else { return false }
        let (method, target) = (Array(head.method.rawValue.utf8), Array(head.uri.utf8))
        while let line = nextLine() {
            let words = unread[line].split(separator: UInt8(ascii: " "), maxSplits: 3)
            guard words.count == 3, words[0].elementsEqual(method), words[1].elementsEqual(target) else { continue }
            return Self.others.contains { words[2].starts(with: $0) }
        }
        return head.version.minor == 0
    }

    /// The next line that is not looked through yet, without its end; nil at the end.
    private func nextLine() -> Range<Int>? {
        func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        while place < unread.count, isEnd(unread[place]) { place += 1 }
        guard place < unread.count else { return nil }
        let start = place
        while place < unread.count, !isEnd(unread[place]) { place += 1 }
        return start..<place
    }

    /// Whether a name of another protocol may end in some bytes.
    private static func nameOthers(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            if slash - bytes.startIndex > 1 {
                let (before, letter) = (bytes[slash - 2], bytes[slash - 1])
                if letter == UInt8(ascii: "P"), before == UInt8(ascii: "S") { return true }
                if letter == UInt8(ascii: "E"), before == UInt8(ascii: "C") { return true }
            }
            rest = rest[(slash + 1)...]
        }
        return false
    }
}
