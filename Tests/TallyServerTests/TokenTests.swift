// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct TokenTests {
    /// RFC 4648, section 10, in small letters and without padding.
    @Test(arguments: [
        ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
        ("foobar", "mzxw6ytboi"),
    ])
    func `base32 is that of the standard`(text: String, digits: String) {
        #expect(Base32.encode(Array(text.utf8)) == digits)
        #expect(Base32.decode(digits.utf8) == Array(text.utf8))
    }

    @Test(arguments: ["m", "mz", "mzx", "MY", "my======", "m1", "mzxw6y"])
    func `base32 takes no other spelling of bytes`(digits: String) { #expect(Base32.decode(digits.utf8) == nil) }

    @Test func `a token holds 256 random bits and a checksum, and no text but its own is one`() throws {
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret(using: &generator)
        #expect(secret.text.hasPrefix("tly_") && secret.text.utf8.count == 62)
        #expect(TokenSecret(secret.text)?.digest == secret.digest)
        #expect(TokenSecret(using: &generator).digest != secret.digest)
        let bytes = Array(secret.text.utf8)
        for index in bytes.indices {
            var torn = bytes
            torn[index] = torn[index] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            #expect(TokenSecret(String(decoding: torn, as: UTF8.self)) == nil, "byte \(index)")
        }
        for wrong in ["", "tly_", secret.text.uppercased(), secret.text + "a", String(secret.text.dropLast())] {
            #expect(TokenSecret(wrong) == nil)
        }
    }

    @Test func `a token is in no message that is made of it`() {
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret(using: &generator)
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains(secret.text.dropFirst(4)), "it is told")
        }
    }

    @Test func `only a digest is kept, in a file that nobody else may read`() async throws {
        let kit = try TokenKit()
        #expect(try kit.file.read().isEmpty)
        let text = try await kit.add(.read, name: "shop", until: Timestamp("2013-04-01T00:00:00Z"))
        let kept = try #require(try kit.folder.read(TokenFile.path))
        #expect(!kept.contains(text) && !kept.contains(text.dropFirst(4)) && !kept.contains(text.suffix(8)))
        #expect(kept.contains(try #require(TokenSecret(text)).digest.hex))
        let attributes = try FileManager.default.attributesOfItem(atPath: kit.file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let token = try #require(try kit.file.read().first)
        #expect(token.name == "shop" && token.scopes == [.read] && token.created == ServerFixture.noon)
        #expect(token.expires == Timestamp("2013-04-01T00:00:00Z"))
    }

    @Test func `a name is taken once, and what is removed is gone`() async throws {
        let kit = try TokenKit()
        _ = try await kit.add(.read, name: "shop")
        let taken = await #expect(throws: TallyError.self) { _ = try await kit.add(.admin, name: "shop") }
        #expect(taken?.code == .conflict)
        let missing = await #expect(throws: TallyError.self) { try await kit.file.remove("shap") }
        #expect(missing?.code == .notFound && missing?.help == "did you mean 'shop'?")
        #expect(try await kit.file.remove("shop").isEmpty)
        #expect(try kit.file.read().isEmpty)
    }

    @Test func `tokens that are made at once are all kept`() async throws {
        let kit = try TokenKit()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<20 { tasks.addTask { _ = try await kit.add(.read, name: "t\(number)") } }
            try await tasks.waitForAll()
        }
        #expect(Set(try kit.file.read().map(\.name)).count == 20)
    }

    @Test(arguments: ["", " ", "a b", "é", "a/b", "a\n", String(repeating: "a", count: 65)])
    func `a name that a log could not show is none`(name: String) {
        #expect(
            AccessToken(
                name: name, scopes: [.read], digest: Fingerprint(of: [1]), created: ServerFixture.noon, expires: nil)
                == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"version": 2, "tokens": []}"#, #"{"version": 1}"#, #"{"version": 1, "tokens": [{}]}"#,
        entry(scopes: #"["root"]"#), entry(scopes: "[]"), entry(expires: "7"), entry(expires: "\"soon\""),
        entry(name: "a b"), entry(digest: "00"), "\(entry())".replacing("]}", with: ", \(one())]}"),
    ])
    func `a file that says something else keeps everybody waiting rather than letting somebody in`(text: String) throws
    {
        let kit = try TokenKit()
        try kit.folder.write(text, to: TokenFile.path)
        #expect(throws: TallyError.self) { try kit.file.read() }
        let error = #expect(throws: TallyError.self) { _ = try kit.door() }
        #expect(error?.code == .corrupt)
    }

    @Test func `the file of the document can be read`() throws {
        let kit = try TokenKit()
        try kit.folder.write(Self.entry(), to: TokenFile.path)
        #expect(try kit.file.read().map(\.name) == ["shop"])
    }

    private static func one(
        name: String = "shop", scopes: String = #"["read"]"#, digest: String = String(repeating: "0", count: 64),
        expires: String = "null"
    ) -> String {
        #"{"name": "\#(name)", "scopes": \#(scopes), "sha256": "\#(digest)", "created": "2026-01-01T00:00:00Z", "#
            + #""expires": \#(expires)}"#
    }

    private static func entry(
        name: String = "shop", scopes: String = #"["read"]"#, digest: String = String(repeating: "0", count: 64),
        expires: String = "null"
    ) -> String {
        #"{"version": 1, "tokens": [\#(one(name: name, scopes: scopes, digest: digest, expires: expires))]}"#
    }
}
