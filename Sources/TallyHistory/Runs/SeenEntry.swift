// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Equal rows of a file that were first seen together.
public struct SeenEntry: Sendable, Hashable {
    /// The digest of each of them.
    public let digest: RowDigest
    /// The snapshot that first held them, as its place among the snapshots of the record.
    public let seen: UInt32
    /// How many there are, at least one.
    public var count: UInt32

    /// Describes rows.
    public init(digest: RowDigest, seen: UInt32, count: UInt32) {
        self.digest = digest
        self.seen = seen
        self.count = count
    }
}

/// Rows that follow each other in a file and were first seen together.
public struct SeenSpan: Sendable, Hashable {
    /// How many there are, at least one.
    public var count: UInt32
    /// The snapshot that first held them, as its place among the snapshots of the record.
    public let seen: UInt32

    /// Describes rows.
    public init(count: UInt32, seen: UInt32) {
        self.count = count
        self.seen = seen
    }
}
