// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The key of a stored state: an entity, or a part of one, as the online store files it (`StateLayout`, SEMANTICS 10.2).
public struct OnlineKey: Sendable, Hashable {
    /// The bytes that the store sorts and finds by: the entity's bytes or digest, and the part's number if there are
    /// several.
    public let stored: [UInt8]
    /// The entity's bytes where `stored` has their digest, kept in the state; nil for a short one.
    public let full: [UInt8]?
    /// The layout of the state under this key.
    public let layout: StateLayout

    /// Files an entity that has one part.
    public init(_ key: EntityKey) { self = StateLayout.wholeEntity.key(key) }

    /// Takes a key apart that a store found: `full` are the bytes that its state holds, if any.
    public init(stored: [UInt8], full: [UInt8]?, layout: StateLayout = .wholeEntity) {
        self.stored = stored
        self.full = full
        self.layout = layout
    }

    /// The part of the entity; nil for bytes that are no key of the layout.
    public var part: ViewPart? { layout.part(ofStored: stored) }
}

extension OnlineKey: Comparable {
    /// Orders by the stored bytes, as stores do.
    public static func < (left: OnlineKey, right: OnlineKey) -> Bool {
        left.stored.lexicographicallyPrecedes(right.stored)
    }
}
