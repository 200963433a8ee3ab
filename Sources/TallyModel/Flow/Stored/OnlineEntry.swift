// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A key, and the rows that a fill offers for it.
public struct OnlineEntry: Sendable, Hashable {
    /// The entity.
    public let key: OnlineKey
    /// The rows of the source that can answer for it.
    public let cell: OnlineCell

    /// Pairs a key with a cell.
    public init(key: OnlineKey, cell: OnlineCell) {
        self.key = key
        self.cell = cell
    }
}
