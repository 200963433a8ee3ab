// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The shapes of data the kernel is timed on.
enum Variant: String, CaseIterable {
    /// Rows in no order, each entity about as often as the next.
    case unsorted
    /// Rows in order of time: every row wins a slot.
    case sorted
    /// Sixteen entities only: long binary searches.
    case hot
    /// Ten float columns.
    case wide
    /// One string column of 5 to 40 bytes instead of floats.
    case strings
    /// Event times of whole days: most rows are decided by their bytes.
    case tied
    /// A known time of its own and a sequence number for each row.
    case known
    /// String keys of eleven bytes instead of integers.
    case stringKeys
    /// String keys of 13 to 23 bytes, which lie outside their views.
    case longKeys

    var entityCount: Int { self == .hot ? 16 : 100_000 }

    var floatColumns: Int {
        switch self {
        case .wide: 10
        case .strings: 0
        case .unsorted, .sorted, .hot, .tied, .known, .stringKeys, .longKeys: 4
        }
    }
}
