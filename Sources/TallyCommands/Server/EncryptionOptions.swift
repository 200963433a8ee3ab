// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyServer

/// The options for encrypting a server's connections.
struct EncryptionOptions: ParsableArguments {
    @Option(help: "The certificate to encrypt connections with (TLS 1.3), in PEM; read again when it changes.")
    var tlsCertificate: String?

    @Option(help: "The certificate's key, in PEM without a pass phrase.")
    var tlsKey: String?

    @Flag(help: "Encrypt with a certificate that nobody vouches for, made in .tally/tls: for trying.")
    var tlsSelfSigned = false

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        if tlsSelfSigned, tlsCertificate != nil {
            throw ValidationError("--tls-self-signed makes a certificate, and --tls-certificate names one")
        }
    }

    /// The certificate to use; nil for connections that are not encrypted.
    func certificates(root: String, names: [String]) throws(TallyError) -> Certificates? {
        if let tlsCertificate, let tlsKey {
            return try Certificates(certificate: tlsCertificate, key: tlsKey, at: SystemClock.now())
        }
        guard tlsSelfSigned else { return nil }
        let made = try SelfSignedCertificate(in: root + "/.tally/tls", names: names, at: SystemClock.now())
        Terminal.note("nobody vouches for \(made.certificate) but its SHA-256 fingerprint: \(made.fingerprint)")
        return try Certificates(certificate: made.certificate, key: made.key, at: SystemClock.now())
    }
}
