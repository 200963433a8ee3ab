// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Crypto
internal import FoundationEssentials
internal import NIOSSL
public import TallyModel

/// A self-signed certificate for trials: clients can only trust it by its fingerprint (RFC 5280).
public struct SelfSignedCertificate: Sendable {
    /// The file with the certificate.
    public let certificate: String
    /// The file with its key, which only its owner may read.
    public let key: String
    /// SHA-256 of the certificate as other programs show it: pairs of digits with colons between them.
    public let fingerprint: String

    private static let lifetime = TimeSpan(microseconds: 90 * 86_400_000_000)
    private static let leastLeft = TimeSpan(microseconds: 86_400_000_000)

    /// The pair in a folder; made anew where there is none, or where it ends within a day.
    ///
    /// It is good for loopback names and the given ones, for 90 days. Throws `E-unwritable`.
    public init(in folder: String, names: [String], at now: Timestamp) throws(TallyError) {
        (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
        if let kept = Self.kept(certificate, key, at: now) {
            fingerprint = kept
            return
        }
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(folder)
        } catch {
            throw TallyError(.unwritable, "the folder cannot be made: \(error.message)", subject: folder)
        }
        let secret = P256.Signing.PrivateKey()
        let der = try Self.certificate(of: secret, names: names, at: now)
        try AtomicFile.write(Array((secret.pemRepresentation + "\n").utf8), to: key, permissions: 0o600)
        try AtomicFile.write(Array(Self.pem(der).utf8), to: certificate, permissions: 0o600)
        fingerprint = Self.fingerprint(der)
    }

    /// The fingerprint of a pair that can still be used.
    private static func kept(_ certificate: String, _ key: String, at now: Timestamp) -> String? {
        guard (try? Certificates(certificate: certificate, key: key, at: now)) != nil,
            let bytes = try? AtomicFile.read(certificate),
            let first = try? NIOSSLCertificate.fromPEMBytes(bytes).first, let der = try? first.toDERBytes(),
            Int64(first.notValidAfter) > (now.microseconds + leastLeft.microseconds) / 1_000_000
        else { return nil }
        return fingerprint(der)
    }

    private static func fingerprint(_ der: [UInt8]) -> String {
        let digits = Array(Fingerprint(of: der).hex.uppercased())
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0...$0 + 1]) }.joined(separator: ":")
    }

    private static func pem(_ der: [UInt8]) -> String {
        var digits: [UInt8] = []
        Base64.append(der, to: &digits)
        let lines = stride(from: 0, to: digits.count, by: 64).map {
            String(decoding: digits[$0..<min($0 + 64, digits.count)], as: UTF8.self)
        }
        return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
    }

    private static func certificate(
        of secret: P256.Signing.PrivateKey, names: [String], at now: Timestamp
    ) throws(TallyError) -> [UInt8] {
        let publicKey = Array(secret.publicKey.derRepresentation)
        let start = Timestamp(microseconds: now.microseconds - 3_600_000_000)
        let end = Timestamp(microseconds: now.microseconds + lifetime.microseconds)
        let owner = DER.sequence(DER.set(DER.sequence(DER.identifier(2, 5, 4, 3), DER.text("tallystick, self-signed"))))
        let algorithm = DER.sequence(DER.identifier(1, 2, 840, 10045, 4, 3, 2))
        // A positive number that no other certificate has.
        let serial = [0x40 | UInt8.random(in: 0..<0x40)] + (0..<15).map { _ in UInt8.random(in: 0 ... .max) }
        let body = DER.sequence(
            DER.tagged(0, DER.integer([2])), DER.integer(serial), algorithm, owner,
            DER.sequence(DER.time(start), DER.time(end)), owner, publicKey,
            DER.tagged(3, extensions(publicKey, names)))
        do {
            let signature = Array(try secret.signature(for: body).derRepresentation)
            return DER.sequence(body, algorithm, DER.bits(signature))
        } catch {
            throw TallyError(.internal, "the certificate cannot be signed", underlying: "\(error)")
        }
    }

    /// The names it is good for; that it may vouch for itself, and for nothing below it.
    private static func extensions(_ publicKey: [UInt8], _ names: [String]) -> [UInt8] {
        let known = ["localhost", "127.0.0.1", "::1"]
        let others = names.filter { !known.contains($0) && !["0.0.0.0", "::"].contains($0) }.uniqued()
        let alternatives = (known + others).flatMap(DER.alternativeName)
        let keyName = Array(SHA256.hash(data: publicKey).prefix(20))
        func entry(_ last: Int, isCritical: Bool = false, _ value: [UInt8]) -> [UInt8] {
            DER.sequence(DER.identifier(2, 5, 29, last), isCritical ? DER.yes : [], DER.octets(value))
        }
        return DER.sequence(
            entry(17, DER.sequence(alternatives)),
            entry(19, isCritical: true, DER.sequence(DER.yes, DER.integer([0]))),
            // Signatures of its own, and of certificates.
            entry(15, isCritical: true, [0x03, 0x02, 0x02, 0x84]),
            entry(14, DER.octets(keyName)), entry(35, DER.sequence([0x80, UInt8(keyName.count)] + keyName)))
    }
}
