// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

@Suite struct EncryptionTests {
    private static let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
    private static let day: Int64 = 86_400_000_000

    private func pair(
        _ folder: TemporaryFolder, _ name: String, names: [String] = [], days: Int64 = 0
    ) throws -> SelfSignedCertificate {
        try SelfSignedCertificate(
            in: folder.path + "/" + name, names: names,
            at: Timestamp(microseconds: Self.now.microseconds + days * Self.day))
    }

    private func certificates(_ pair: SelfSignedCertificate) throws -> Certificates {
        try Certificates(certificate: pair.certificate, key: pair.key, at: Self.now)
    }

    private func openssl(_ arguments: String...) async throws -> OutsideProgram.Outcome {
        try await OutsideProgram.run(
            try #require(OutsideProgram.find("openssl"), "openssl is not installed"), arguments)
    }

    @Test func `OpenSSL reads a certificate that signs itself as it was meant`() async throws {
        let folder = try TemporaryFolder("tls")
        let made = try pair(folder, "a", names: ["tally.example", "192.0.2.7", "0.0.0.0", "2001:db8::1", "localhost"])
        let text = try await openssl("x509", "-in", made.certificate, "-noout", "-text").output
        #expect(
            text.contains(
                "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:tally.example, IP Address:192.0.2.7\n"
            ),
            "\(text)")
        #expect(text.contains("Version: 3 (0x2)") && text.contains("CA:TRUE, pathlen:0"), "\(text)")
        #expect(text.contains("Digital Signature, Certificate Sign"), "\(text)")
        #expect(text.contains("CN = \"tallystick, self-signed\""), "\(text)")
        let shown = try await openssl("x509", "-in", made.certificate, "-noout", "-fingerprint", "-sha256").output
        #expect(shown.hasSuffix("=\(made.fingerprint)\n"), "\(shown)")
        let verified = try await openssl("verify", "-x509_strict", "-CAfile", made.certificate, made.certificate)
        #expect(verified.status == 0, "\(verified)")
        let attributes = try FileManager.default.attributesOfItem(atPath: made.key)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: [
        (-800_000, "700101000000Z"), (-1, "700101000000Z"), (0, "700101000000Z"),
        (2_524_607_999_000_000, "491231235959Z"), (2_524_608_000_000_000, "20500101000000Z"),
    ])
    func `times of a certificate have four digits for the year from 2050 on`(microseconds: Int64, digits: String) {
        let bytes = DER.time(Timestamp(microseconds: max(0, microseconds)))
        #expect(String(decoding: bytes.dropFirst(2), as: UTF8.self) == digits)
        #expect(bytes[0] == (digits.utf8.count == 13 ? 0x17 : 0x18) && Int(bytes[1]) == digits.utf8.count)
    }

    @Test func `a certificate that signs itself is kept until a day before it ends`() throws {
        let folder = try TemporaryFolder("tls")
        let first = try pair(folder, "a")
        #expect(try pair(folder, "a", days: 88).fingerprint == first.fingerprint)
        let second = try pair(folder, "a", days: 90)
        #expect(second.fingerprint != first.fingerprint)
        try folder.write("nonsense", to: "a/key.pem")
        #expect(try pair(folder, "a", days: 90).fingerprint != second.fingerprint)
    }

    @Test func `curl speaks TLS 1.3 with it, and nothing older or plainer is answered`() async throws {
        let folder = try TemporaryFolder("tls")
        let made = try pair(folder, "a")
        let fixture = try await ServerFixture(certificates: try certificates(made))
        try await LiveServer.run(fixture.parts) { server in
            let url = "https://127.0.0.1:\(server.port)/livez"
            let answered = try await server.curl("--cacert", made.certificate, url)
            #expect(answered == "\n200", "\(answered)")
            let old = try await server.curl("--cacert", made.certificate, "--tls-max", "1.2", url)
            #expect(old.hasPrefix("curl 35"), "\(old)")
            let unknown = try await server.curl(url)
            #expect(unknown.hasPrefix("curl 60"), "\(unknown)")
            let plain = try await server.curl(server.url("/livez"))
            #expect(plain.hasPrefix("curl "), "\(plain)")
            let body = #"{"features":["planes:seats"],"entities":{"tail":[1]}}"#
            let vectors = try await server.curl(
                "--cacert", made.certificate, "-H", "Content-Type: application/json", "-d", body,
                "https://localhost:\(server.port)/v1/vectors")
            #expect(vectors.hasSuffix("\n200"), "\(vectors)")
        }
    }

    @Test func `a new certificate counts without a restart, and a bad one changes nothing`() async throws {
        let folder = try TemporaryFolder("tls")
        let (first, second) = (try pair(folder, "a"), try pair(folder, "b"))
        let used = SelfSignedFiles(folder: folder)
        try used.take(certificate: first, key: first)
        let certificates = try Certificates(certificate: used.certificate, key: used.key, at: Self.now)
        let fixture = try await ServerFixture(certificates: certificates)
        try await LiveServer.run(fixture.parts, pace: ManualClock()) { server in
            let url = "https://127.0.0.1:\(server.port)/livez"
            try used.take(certificate: second, key: first)
            let error = #expect(throws: TallyError.self) { _ = try certificates.refresh(at: Self.now) }
            #expect(error?.code == .unreadable, "\(String(describing: error))")
            #expect(try !certificates.refresh(at: Self.now), "a bad pair is told once")
            let still = try await server.curl("--cacert", first.certificate, url)
            #expect(still == "\n200", "\(still)")
            try used.take(certificate: second, key: second)
            #expect(try certificates.refresh(at: Self.now))
            try used.take(certificate: second, key: second)
            #expect(try !certificates.refresh(at: Self.now), "the same pair is no new one")
            let new = try await server.curl("--cacert", second.certificate, url)
            #expect(new == "\n200", "\(new)")
            let old = try await server.curl("--cacert", first.certificate, url)
            #expect(old.hasPrefix("curl 60"), "\(old)")
        }
    }

    @Test func `files that are no certificate and key are told by name`() throws {
        let folder = try TemporaryFolder("tls")
        let made = try pair(folder, "a")
        let (empty, other) = (try folder.write("", to: "empty.pem"), try pair(folder, "b"))
        for (certificate, key, named) in [
            (folder.path + "/none.pem", made.key, "none.pem"),
            (made.certificate, folder.path + "/none.key", "none.key"),
            (empty, made.key, "empty.pem"), (made.certificate, empty, "empty.pem"),
            (made.key, made.key, "key.pem"), (made.certificate, made.certificate, "certificate.pem"),
            (made.certificate, other.key, "key.pem"),
        ] {
            let error = #expect(throws: TallyError.self) {
                _ = try Certificates(certificate: certificate, key: key, at: Self.now)
            }
            #expect(error?.code == .unreadable && error?.subject?.hasSuffix(named) == true, "\(named)")
        }
    }
}

/// The two files that a server reads, with what is put into them.
private struct SelfSignedFiles {
    let folder: TemporaryFolder
    var certificate: String { folder.path + "/used/certificate.pem" }
    var key: String { folder.path + "/used/key.pem" }

    func take(certificate: SelfSignedCertificate, key: SelfSignedCertificate) throws {
        for (name, path) in [("certificate.pem", certificate.certificate), ("key.pem", key.key)] {
            let bytes = try AtomicFile.read(path) ?? []
            try folder.write(String(decoding: bytes, as: UTF8.self), to: "used/" + name)
        }
    }
}
