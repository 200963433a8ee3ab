// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The host that a request names (RFC 9110, section 7.2), without its port.
///
/// A page of another site can point its own name at this machine (DNS rebinding): it then names a host that nobody told us.
struct HostName {
    /// In small letters, an IPv6 address in brackets.
    let text: String

    /// Takes the host out of `host` or `host:port`; nil for nothing.
    init?(_ authority: String?) {
        guard let authority, !authority.isEmpty else { return nil }
        var name = authority.lowercased()[...]
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = name[...end]
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        guard !name.isEmpty else { return nil }
        text = String(name)
    }

    /// Whether it is a name of this machine that no other machine can have.
    var isLoopback: Bool {
        let isAddress =
            text.hasPrefix("127.") && text.split(separator: ".").count == 4
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isAddress || ["localhost", "[::1]"].contains(text)
    }

    /// Whether it is a loopback name or one that the server was told.
    func isKnown(to settings: ServerSettings) -> Bool {
        isLoopback
            || (settings.knownHosts + [settings.host]).contains { known in
                let name = known.lowercased()
                return name == text || "[\(name)]" == text
            }
    }
}
