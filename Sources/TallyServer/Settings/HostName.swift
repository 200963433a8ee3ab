// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore

/// The host that a request names (RFC 9110, section 7.2), without its port.
///
/// A page of another site can point its own name at this machine (DNS rebinding): it then names a host that is not
/// configured.
struct HostName {
    /// In small letters, an IPv6 address in brackets.
    let text: String
    /// The port behind it, where one is named.
    let port: Int?

    /// Takes the host out of `host` or `host:port`; nil for anything that no host is written as.
    ///
    /// Of what RFC 3986 allows (section 3.2.2) names are taken that hosts have: letters, digits, `-`, `_` and `.`. Who reads
    /// the rest in another way than we do would be asked for another host. Something that ends in a number is an address,
    /// and an address has one spelling.
    init?(_ authority: String?) {
        guard let authority, !authority.isEmpty, authority.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let bytes = authority.lowercased().utf8
        let length =
            bytes.first == UInt8(ascii: "[")
            ? bytes.firstIndex(of: UInt8(ascii: "]")).map { bytes.distance(from: bytes.startIndex, to: $0) + 1 }
            : bytes.prefix { $0 != UInt8(ascii: ":") }.count
        guard let length, let port = Self.port(bytes.dropFirst(length)) else { return nil }
        var name = String(bytes.prefix(length)) ?? ""
        if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
        guard name.utf8.first == UInt8(ascii: "[") ? Self.isAddress6(name) : Self.isName(name) else { return nil }
        text = name
        self.port = port.number
    }

    /// Returns the port after a host: nothing, or a colon and a number, which may be missing; nil for anything else.
    private static func port(_ rest: some Collection<UInt8>) -> (number: Int?, Void)? {
        guard let colon = rest.first else { return (nil, ()) }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.allSatisfy(isDigit) else { return nil }
        guard !digits.isEmpty else { return (nil, ()) }
        return UInt16(String(decoding: digits, as: UTF8.self)).map { (Int($0), ()) }
    }

    private static func isName(_ name: String) -> Bool {
        var label = 0
        for byte in name.utf8 {
            let isDot = byte == UInt8(ascii: ".")
            guard isDot ? label > 0 : isLetter(byte) else { return false }
            label = isDot ? 0 : label + 1
        }
        let last = name.utf8.suffix(label)
        guard let first = last.first else { return false }
        let isNumber = last.allSatisfy(isDigit) || last.starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy(isHex)
        return !(isDigit(first) && isNumber) || isAddress4(name)
    }

    private static func isAddress4(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { octet($0) != nil }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    /// An address of IPv6 in brackets.
    private static func isAddress6(_ name: String) -> Bool {
        let inside = name.utf8.dropFirst().dropLast()
        guard inside.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }),
            let text = String(inside), let address = try? SocketAddress(ipAddress: text, port: 0)
        else { return false }
        return address.protocol == .inet6
    }

    /// One part of an address of IPv4, which has no digit too many.
    private static func octet(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.allSatisfy(isDigit), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// Returns the host and port at which a client that named `authority` reaches this server.
    ///
    /// A page of another site can make a client name any host, so only known ones are repeated.
    static func place(_ authority: String?, _ settings: ServerSettings, _ listening: Int?) -> String {
        if let host = HostName(authority), host.isKnown(to: settings) {
            return host.text + (host.port.map { ":\($0)" } ?? "")
        }
        let isAny = ["0.0.0.0", "::", ""].contains(settings.host)
        let name = isAny ? "localhost" : settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        return "\(name):\(listening ?? settings.port)"
    }

    /// Whether it is a name of this machine that no other machine can have.
    var isLoopback: Bool {
        let isAddress = text.utf8.starts(with: "127.".utf8) && Self.isAddress4(text)
        return isAddress || ["localhost", "[::1]"].contains(text)
    }

    /// Whether it is a loopback name or one of the configured names.
    func isKnown(to settings: ServerSettings) -> Bool {
        isLoopback
            || (settings.knownHosts + [settings.host]).contains { known in
                let name = known.lowercased()
                return name == text || "[\(name)]" == text
            }
    }
}
