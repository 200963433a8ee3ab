// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Crypto

/// A SHA-256 digest that identifies a content.
///
/// ```swift
/// let one = Fingerprint(of: .object([("name", .string("total")), ("type", .string("int64"))]))
/// let other = Fingerprint(of: .object([("type", .string("int64")), ("name", .string("total"))]))
/// one == other  // true: JSON is digested in its canonical form
/// ```
public struct Fingerprint: Sendable, Hashable, Comparable {
    /// The 32 bytes as 64 lower-case hexadecimal digits.
    public let hex: String

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        let digits = hex.utf8
        guard digits.count == 64,
            digits.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else { return nil }
        self.hex = hex
    }

    /// The digest of bytes.
    public init(of bytes: some Sequence<UInt8>) {
        var hasher = FingerprintHasher()
        hasher.update(Array(bytes))
        self = hasher.finish()
    }

    /// The digest of the canonical form (RFC 8785) of a JSON value.
    public init(of json: JSON) {
        self.init(of: json.canonicalText.utf8)
    }

    /// The 32 bytes of the digest of bytes.
    static func digest(of bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    fileprivate init(digest: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// Orders by the digits.
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.hex < right.hex }

    /// The first twelve digits, for tables; never an identity.
    public var short: String { String(hex.prefix(12)) }
}

extension Fingerprint: CustomStringConvertible {
    /// `sha256:` and the 64 digits.
    public var description: String { "sha256:" + hex }
}

/// Digests bytes that arrive in pieces; the pieces' borders do not matter.
public struct FingerprintHasher: Sendable {
    private var hash = SHA256()

    /// Starts with nothing.
    public init() {}

    /// Appends bytes.
    public mutating func update(_ bytes: [UInt8]) {
        hash.update(data: bytes)
    }

    /// Appends the bytes of a buffer, which is only read.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe hash.update(bufferPointer: bytes)
    }

    /// The digest of all bytes so far.
    public func finish() -> Fingerprint {
        Fingerprint(digest: hash.finalize())
    }

    /// The first 16 bytes of the digest of all bytes so far, most significant first.
    func finishedHalf() -> UInt128 {
        hash.finalize().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
