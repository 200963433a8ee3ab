// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import NIOHTTP1

/// Tells HTTP from protocols that are written alike.
///
/// The decoder takes `RTSP/1.0` and `ICE/1.0` for HTTP of that version, and does not say which one it was. So the bytes of a
/// head are kept until it is read: this stands in front of the decoder, and is asked by who stands behind.
final class RequestLines: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let others = [Array("RTSP/".utf8), Array("ICE/".utf8)]

    /// What arrived since the last part of a request that was read.
    private var unread: [ByteBuffer] = []
    /// Whether a part was read since the last bytes came.
    private var wasRead = false
    private var isInBody = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isInBody { unread.append(unwrapInboundIn(data)) }
        wasRead = false
        context.fireChannelRead(data)
        if wasRead || isInBody { unread = [] }
    }

    /// Notes that a part of a request was read, and whether more of its body is to come.
    func noteRead(isInBody: Bool) {
        wasRead = true
        self.isInBody = isInBody
    }

    /// Whether the line of a head names another protocol, or may do so for all that can be seen of it.
    ///
    /// A line that began in bytes before the last ones, behind another request, is not seen whole: HTTP/1.1 gets the benefit.
    func isForeign(_ head: HTTPRequestHead) -> Bool {
        guard !unread.isEmpty, head.version.minor == 0 || unread.contains(where: Self.mayNameOthers) else {
            return false
        }
        let (method, target) = (Array(head.method.rawValue.utf8), Array(head.uri.utf8))
        var isSeen = false
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count == 3, words[0].elementsEqual(method), words[1].elementsEqual(target) else { continue }
            if Self.others.contains(where: { words[2].starts(with: $0) }) { return true }
            isSeen = true
        }
        return !isSeen && head.version.minor == 0
    }

    private var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for buffer in unread { bytes += buffer.readableBytesView }
        return bytes
    }

    /// Whether a name of another protocol may end in some bytes.
    private static func mayNameOthers(_ bytes: ByteBuffer) -> Bool {
        var rest = bytes.readableBytesView[...]
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            if slash - rest.startIndex > 1 {
                let (before, letter) = (rest[slash - 2], rest[slash - 1])
                if letter == UInt8(ascii: "P"), before == UInt8(ascii: "S") { return true }
                if letter == UInt8(ascii: "E"), before == UInt8(ascii: "C") { return true }
            }
            rest = rest[(slash + 1)...]
        }
        return false
    }
}
