// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The stored form of the state of a view's part: its key, sort order, bytes, version and checksum.
///
/// Everything that turns a state into bytes, or bytes into a state, asks this value (SEMANTICS 10.1 and 10.2;
/// `docs/formats.md`). A layout is its version, which every state's bytes begin with. Keys of one view stand in the order of
/// their entities, and those of an entity in the order of its parts: no entity's bytes are the beginning of another's.
public enum StateLayout: UInt8, Sendable, Hashable, CaseIterable {
    /// An entity has one part, stored under the entity.
    case wholeEntity = 2
    /// An entity has a part for each step of a window, stored under the entity and the part's number.
    case numberedParts = 3

    /// The version of the form, the first byte of a state.
    public var version: UInt8 { rawValue }

    /// Entities of more bytes than this are stored under their digest.
    @inlinable public static var longestEntity: Int { 400 }
    /// The greatest number of bytes in a key.
    public static let longestKey = longestEntity + MemoryLayout<Int64>.size

    /// The number of bytes at the end of a key that name the part.
    public var partBytes: Int {
        switch self {
        case .wholeEntity: 0
        case .numberedParts: MemoryLayout<Int64>.size
        }
    }

    /// The key of a part of an entity; a layout without numbered parts has the part `whole` alone.
    public func key(_ entity: EntityKey, _ part: ViewPart = .whole) -> OnlineKey {
        let isLong = entity.bytes.count > Self.longestEntity
        let filed = isLong ? Self.digested(entity.bytes) : entity.bytes
        return OnlineKey(stored: stored(filed, part), full: isLong ? entity.bytes : nil, layout: self)
    }

    /// The part that a stored key is of; nil for bytes that are no key of this layout.
    public func part(ofStored stored: [UInt8]) -> ViewPart? {
        switch self {
        case .wholeEntity: return .whole
        case .numberedParts:
            guard stored.count >= partBytes else { return nil }
            return ViewPart(Int64(bitPattern: stored.suffix(partBytes).reduce(0) { $0 << 8 | UInt64($1) } ^ Self.sign))
        }
    }

    /// Returns the bytes that stand for an entity in a key: its own, or 0x00 and their SHA-256 when they are too long.
    ///
    /// No tag of a key is 0x00, so a digest is never taken for a key.
    @inlinable
    public static func filed(_ entity: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        entity.count <= longestEntity ? entity : digested(Array(entity))[...]
    }

    /// Returns the key of a part of an entity whose bytes are too long to be stored, by their digest.
    func stored(digestOf entity: [UInt8], _ part: ViewPart) -> [UInt8] { stored(Self.digested(entity), part) }

    @usableFromInline
    static func digested(_ entity: [UInt8]) -> [UInt8] { [0] + Fingerprint.digest(of: entity) }

    /// The bit that makes the bytes of a number sort as numbers do.
    private static let sign: UInt64 = 1 << 63

    private func stored(_ filed: [UInt8], _ part: ViewPart) -> [UInt8] {
        switch self {
        case .wholeEntity:
            precondition(part == .whole, "part \(part.number) of an entity that has one part")
            return filed
        case .numberedParts:
            var bytes = filed
            bytes.append(bigEndian: UInt64(bitPattern: part.number) ^ Self.sign)
            return bytes
        }
    }
}

extension StateLayout {
    /// The number of bytes that name the view in the key of a store that keeps the states of all views side by side.
    public static let namespaceBytes = MemoryLayout<UInt32>.size

    /// Returns a namespace as stored before a key: most significant byte first, so that a view's states are adjacent.
    @inlinable
    public static func stored(namespace: UInt32) -> UInt32 { namespace.bigEndian }

    /// Returns the namespace from its stored form before a key.
    @inlinable
    public static func namespace(stored: UInt32) -> UInt32 { UInt32(bigEndian: stored) }

    /// The checksum of a state: CRC-32C over its stored key and its bytes.
    static func checksum(_ key: OnlineKey, _ bytes: RawSpan) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(key.stored)
        checksum.update(bytes)
        return checksum.value
    }
}

extension ViewLaw {
    /// The layout of its states.
    public var layout: StateLayout {
        switch self {
        case .latestRow: .wholeEntity
        case .window: .numberedParts
        }
    }
}
