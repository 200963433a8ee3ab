// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The stored part of a token: its name, scopes and expiry, and the digest by which it is recognized.
public struct AccessToken: Sendable, Hashable {
    /// 1 to 64 letters, digits, `.`, `_` or `-`; logs show it.
    public let name: String
    /// The scopes that it grants; at least one.
    public let scopes: [TokenScope]
    /// The SHA-256 of its random bits.
    public let digest: Fingerprint
    /// The time when it was made.
    public let created: Timestamp
    /// The first instant at which it is worth nothing; nil for one that does not expire.
    public let expires: Timestamp?

    /// Describes a token; nil for a name that may not be, or without a scope.
    public init?(name: String, scopes: [TokenScope], digest: Fingerprint, created: Timestamp, expires: Timestamp?) {
        let letters = name.utf8
        guard (1...64).contains(letters.count), letters.allSatisfy(Self.isAllowed), !scopes.isEmpty else { return nil }
        self.name = name
        self.scopes = TokenScope.allCases.filter(scopes.contains)
        self.digest = digest
        self.created = created
        self.expires = expires
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether it is worth nothing any more.
    public func isExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }

    /// Whether it allows something.
    func allows(_ needed: TokenScope) -> Bool { scopes.contains { $0.covers(needed) } }
}
