// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The instant that a day stands for, where a column of days is read as the times of rows (SEMANTICS 1.1).
///
/// A day is one of the table's zone: it has 23 or 25 hours where the clocks change, and begins later where they skip
/// midnight. A column of instants is read as it is, whichever is asked for.
public enum DayEdge: String, Sendable, Hashable, CaseIterable {
    /// Its first instant: when what is dated by it happened.
    case start
    /// The first instant of the next day: when all of it is known.
    case end
}
