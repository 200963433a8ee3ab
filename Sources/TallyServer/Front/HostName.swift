// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The host that a request names (RFC 9110, section 7.2), without its port.
///
/// A page of another site can point its own name at this machine (DNS rebinding): it then names a host that nobody told us.
struct HostName {
    /// In small letters, an IPv6 address in brackets.
    let text: String
    /// The port behind it, where one is named.
    let port: Int?

    /// Takes the host out of `host` or `host:port`; nil for nothing.
    init?(_ authority: String?) {
        guard let authority, !authority.isEmpty else { return nil }
        var name = authority.lowercased()[...]
        var port: Substring = ""
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            port = name[end...].dropFirst(2)
            name = name[...end]
        } else if let colon = name.lastIndex(of: ":") {
            port = name[colon...].dropFirst()
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        guard !name.isEmpty else { return nil }
        text = String(name)
        self.port = UInt16(port).map { Int($0) }
    }

    /// Host and port at which a client that named `authority` reaches this server.
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
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil }
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
