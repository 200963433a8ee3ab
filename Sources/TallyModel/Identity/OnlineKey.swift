// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// An entity key as the online store files it: its own bytes, or their digest when they are long (SEMANTICS 10).
public struct OnlineKey: Sendable, Hashable {
    /// What the store sorts and finds by: the key's bytes, or 0x00 and their SHA-256.
    ///
    /// No tag of a key is 0x00, so a digest is never taken for a key.
    public let stored: [UInt8]
    /// The key's bytes where `stored` is their digest, kept in the value; nil for a short key.
    public let full: [UInt8]?

    /// Keys of more bytes than this are stored under their digest.
    public static let longestStored = 400

    /// Files an entity key.
    public init(_ key: EntityKey) {
        if key.bytes.count <= Self.longestStored {
            self.init(stored: key.bytes, full: nil)
        } else {
            self.init(digestOf: key.bytes)
        }
    }

    /// Files a key under its digest.
    init(digestOf bytes: [UInt8]) {
        stored = [0] + Fingerprint.digest(of: bytes)
        full = bytes
    }

    /// Takes a key apart that a store found: `full` are the bytes its value holds, if any.
    public init(stored: [UInt8], full: [UInt8]?) {
        self.stored = stored
        self.full = full
    }
}

extension OnlineKey: Comparable {
    /// Orders by the stored bytes, as stores do.
    public static func < (left: OnlineKey, right: OnlineKey) -> Bool {
        left.stored.lexicographicallyPrecedes(right.stored)
    }
}
