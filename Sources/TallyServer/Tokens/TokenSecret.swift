// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A token as its bearer has it: `tly_` and 58 digits of base32, which hold 256 random bits and a checksum.
///
/// It cannot be guessed, and scanners for secrets recognize it. It is never stored: `digest` is.
public struct TokenSecret: Sendable {
    /// The text that is sent after `Authorization: Bearer`.
    public let text: String
    /// The SHA-256 of the random bits.
    ///
    /// They are as many as the digest's, so there is nothing to try out, and no salt is needed.
    public let digest: Fingerprint

    /// The beginning of every token.
    public static let prefix = "tly_"
    private static let randomCount = 32

    /// Makes a new token; the system's generator is meant for secrets.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(random: (0..<Self.randomCount).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
    }

    /// Reads a token; nil for text that none was ever written as.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        let prefix = Array(Self.prefix.utf8)
        guard digits.starts(with: prefix), let bytes = Base32.decode(digits.dropFirst(prefix.count)),
            bytes.count == Self.randomCount + 4
        else { return nil }
        let random = Array(bytes.prefix(Self.randomCount))
        guard Self.checksum(random).elementsEqual(bytes.suffix(4)) else { return nil }
        self.init(random: random)
    }

    private init(random: [UInt8]) {
        text = Self.prefix + Base32.encode(random + Self.checksum(random))
        digest = Fingerprint(of: random)
    }

    /// Returns the CRC-32C, most significant byte first: it tells a damaged token from an unknown one, and protects
    /// nothing.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var checksum = CRC32C()
        checksum.update(bytes)
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> UInt32(24 - 8 * $0)) }
    }
}

extension TokenSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The beginning of every token and nothing more, so that no message and no dump reveals it.
    public var description: String { Self.prefix + "…" }
    /// The beginning of every token and nothing more.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
