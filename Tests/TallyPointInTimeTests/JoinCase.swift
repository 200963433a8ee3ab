// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// A spine row of a test; nil for a null key or time.
struct SpineRow: Hashable {
    var entity: UInt32?
    var time: Int64?
}

/// A source row of a test; nil for a null key, time or value.
struct SourceRow: Hashable {
    var entity: UInt32?
    var event: Int64?
    var cut: Int32 = 0
    var known: Int64?
    var sequence: Int64 = 0
    var values: [Value?] = []
}

/// What a join should find, or found, for one spine row.
struct Outcome: Hashable {
    var status = MatchStatus.notFound
    var isTied = false
    var event: Int64?
    var known: Int64?
    var values: [Value?]
}

/// A whole join with its input.
struct JoinCase {
    var layout: SourceLayout
    var rule = AsOfRule()
    var entityCount: Int
    var spine: [SpineRow]
    var source: [SourceRow]
}
