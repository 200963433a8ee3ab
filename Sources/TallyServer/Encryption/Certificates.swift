// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOSSL
internal import Synchronization
public import TallyModel

/// The certificate and the key that connections are encrypted with (TLS 1.3), taken anew when their files change.
public final class Certificates: Sendable {
    private let certificate: String
    private let key: String
    private let state: Mutex<(context: NIOSSLContext, watch: FileWatch, looked: Fingerprint)>

    /// Reads a certificate with what it is signed by, and its key, both in PEM.
    ///
    /// Throws `E-unreadable` for files that cannot be read, hold neither, or do not belong together.
    public init(certificate: String, key: String, at now: Timestamp) throws(TallyError) {
        self.certificate = certificate
        self.key = key
        var watch = FileWatch([certificate, key])
        _ = watch.hasChanged(at: now)
        let files = (certificate: try Self.bytes(certificate), key: try Self.bytes(key))
        state = Mutex((try Self.context(certificate, key, files), watch, Self.digest(files)))
    }

    /// The TLS context of the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads files that changed, and returns whether they did; when they cannot be used, the last pair stays.
    ///
    /// Throws `E-unreadable` once for each pair that cannot be used.
    func refresh(at now: Timestamp) throws(TallyError) -> Bool {
        guard state.withLock({ $0.watch.hasChanged(at: now) }) else { return false }
        let files = (certificate: try Self.bytes(certificate), key: try Self.bytes(key))
        let digest = Self.digest(files)
        let isNew = state.withLock { state in
            defer { state.looked = digest }
            return state.looked != digest
        }
        guard isNew else { return false }
        let context = try Self.context(certificate, key, files)
        state.withLock { $0.context = context }
        return true
    }

    private static func digest(_ files: (certificate: [UInt8], key: [UInt8])) -> Fingerprint {
        Fingerprint(of: files.certificate + [0] + files.key)
    }

    private static func context(
        _ certificate: String, _ key: String, _ files: (certificate: [UInt8], key: [UInt8])
    ) throws(TallyError) -> NIOSSLContext {
        let chain = try using(certificate, "no certificate in PEM") {
            try NIOSSLCertificate.fromPEMBytes(files.certificate)
        }
        let secret = try using(key, "no private key in PEM without a pass phrase") {
            try NIOSSLPrivateKey(bytes: files.key, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["http/1.1"]
        return try using(key, "not the key of \(certificate)") { try NIOSSLContext(configuration: configuration) }
    }

    private static func bytes(_ path: String) throws(TallyError) -> [UInt8] {
        if let bytes = try AtomicFile.read(path) { return bytes }
        throw TallyError(.unreadable, "there is no such file", subject: path)
    }

    private static func using<Result>(
        _ path: String, _ problem: String, _ body: () throws -> Result
    ) throws(TallyError) -> Result {
        do {
            return try body()
        } catch {
            throw TallyError(
                .unreadable, "it holds \(problem)", subject: path,
                help: "`\(.serve(selfSigned: true))` makes a pair for trying", underlying: "\(error)")
        }
    }
}
