// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyServer

/// Parts of a request's head, one a line, and a file of tokens: what is taken is what would be written.
struct HeadTarget: FuzzTarget {
    static let name = "Head"
    let words = [
        "/v1/services/", "/v1/views/", "%41", "%c3%a9", "%", "Bearer ", "tly_", "localhost:8080", "[::1]", "127.0.0.1",
        ".",
        "\"tokens\":[", "\"name\":\"a\"", "\"scopes\":[\"read\"]", "\"sha256\":\"", "\"expires\":null", "\"version\":1",
        "=", "==",
    ]

    private let file: TokenFile
    private let door: Door
    private static let now = Timestamp(microseconds: 1_700_000_000_000_000)
    private static let secret = Array("tly_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypsaakdkmq".utf8)

    init(folder: String) throws(TallyError) {
        file = TokenFile(path: folder + "/tokens.json")
        try AtomicFile.write(
            Array(Self.tokens.utf8), to: folder + "/known.json", waitsForDisk: false)
        door = try Door(TokenFile(path: folder + "/known.json"), at: Self.now)
    }

    private static let tokens = """
        {"version": 1, "tokens": [{"name": "shop", "scopes": ["read"], "sha256": "\
        \(Fingerprint(of: "x".utf8).hex)", "created": "2026-01-01T00:00:00Z", "expires": null}]}
        """

    var seeds: [[UInt8]] {
        [
            Array(Self.tokens.utf8), Array("/v1/views/a%20b\nlocalhost:8080\nBearer ".utf8) + Self.secret,
            Array("/services/caf%C3%A9\n[::1]:80\nAAH6/w==\n".utf8), Array("abcdefgh\nEXAMPLE.com.\n".utf8),
        ]
    }

    func run(_ input: [UInt8]) throws {
        if input.first == UInt8(ascii: "{") { try tokens(input) }
        var input = FuzzInput(input)
        while !input.isEmpty { try part(text(input.line())) }
    }

    private func part(_ part: String) throws {
        if let (entry, name) = RouteTable.find(part) {
            try FuzzFinding.unless(
                name.isEmpty != entry.route.template.hasSuffix("{name}") && !name.contains("/"),
                "'\(part)' is \(entry.route.template) with the name '\(name)'")
        }
        try FuzzFinding.unless(PercentEncoding.decode(PercentEncoding.encode(part)) == part, "percents of '\(part)'")
        if let decoded = PercentEncoding.decode(part) {
            try FuzzFinding.unless(
                PercentEncoding.decode(PercentEncoding.encode(decoded)) == decoded, "percents of '\(decoded)'")
        }
        if let host = HostName(part) {
            try FuzzFinding.unless(!host.text.isEmpty, "a host without a name")
            if host.isLoopback { try FuzzFinding.unless(Self.isLoopback(host.text), "'\(host.text)' is no loopback") }
        }
        let identifier = RequestIdentifier(start: 1).identify(part)
        try FuzzFinding.unless(
            (1...64).contains(identifier.utf8.count) && identifier.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
            "an identifier '\(identifier)'")
        if let secret = TokenSecret(part) { try FuzzFinding.unless(secret.text == part, "a secret of two spellings") }
        if let bytes = Base32.decode(part.utf8) {
            try FuzzFinding.unless(Base32.encode(bytes) == part, "base32 of two spellings")
        }
        if let bytes = Base64.decode(part) {
            var digits: [UInt8] = []
            Base64.append(bytes, to: &digits)
            try FuzzFinding.unless(digits == Array(part.utf8), "base64 of two spellings")
        }
        switch door.caller(part, at: Self.now) {
        case .stranger: break
        case .anybody, .nobody, .bearer: throw FuzzFinding("'\(part)' opens the door")
        }
        if let name = FeatureName(part) {
            try FuzzFinding.unless("\(name.view):\(name.feature)" == part, "a feature name of two spellings")
        }
    }

    /// 127.0.0.0/8 by the numbers of its parts, `localhost` and `[::1]`.
    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && !$0.hasPrefix("+") }
    }

    private func tokens(_ bytes: [UInt8]) throws {
        try AtomicFile.write(bytes, to: file.path, waitsForDisk: false)
        let tokens: [AccessToken]
        do throws(TallyError) {
            tokens = try file.read()
        } catch {
            try FuzzFinding.unless(error.code == .corrupt, "\(error)")
            return
        }
        try FuzzFinding.unless(Set(tokens.map { Array($0.name.utf8) }).count == tokens.count, "a name stands twice")
        for token in tokens { _ = (token.isExpired(at: Self.now), token.allows(.write)) }
    }
}
