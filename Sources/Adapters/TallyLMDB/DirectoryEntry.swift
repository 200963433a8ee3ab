// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The namespace that holds the rows of a storage fingerprint, and the number of its last fill.
struct DirectoryEntry: Sendable, Hashable {
    /// The namespace of the rows that answer; nil when nothing is filled.
    var namespace: UInt32?
    /// The last number that a generation was given, also when its rows are gone.
    var lastNumber: Int

    /// The entry for a fingerprint that was never filled.
    static let none = DirectoryEntry(namespace: nil, lastNumber: 0)
}
