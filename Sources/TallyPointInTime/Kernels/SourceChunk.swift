// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A payload column of one chunk: a vector of values and which of them are valid.
///
/// Nothing is copied: the memory must stay as it is while the chunk is consumed, and no longer.
@unsafe public struct PayloadColumn {
    let values: UnsafeRawPointer
    let validity: UnsafePointer<UInt64>?

    /// Borrows a vector in the layout of its `PayloadKind`; bit i of `validity` is 1 for a valid value, nil is all valid.
    public init(values: UnsafeRawPointer, validity: UnsafePointer<UInt64>? = nil) {
        unsafe self.values = values
        unsafe self.validity = validity
    }
}

/// A time column of one chunk, in microseconds since 1970 UTC; a row with a null time is skipped and counted.
@unsafe public struct TimeColumn {
    let values: UnsafePointer<Int64>
    let validity: UnsafePointer<UInt64>?

    /// Borrows a vector of instants; bit i of `validity` is 1 for a valid value, nil is all valid.
    public init(values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>? = nil) {
        unsafe self.values = values
        unsafe self.validity = validity
    }
}

/// Some rows of a source, borrowed from whoever read them.
@unsafe public struct SourceChunk {
    let count: Int
    let entities: UnsafePointer<UInt32>
    let eventTimes: TimeColumn?
    let knownTimes: TimeColumn?
    let sequences: UnsafePointer<Int64>?
    let columns: [PayloadColumn]

    /// Borrows `count` rows; `entities` are dense ids of the spine's dictionary, `SpineIndex.noEntity` to skip a row.
    ///
    /// Which of the optional columns are there must agree with the join's `SourceLayout`.
    public init(
        count: Int, entities: UnsafePointer<UInt32>, eventTimes: TimeColumn? = nil, knownTimes: TimeColumn? = nil,
        sequences: UnsafePointer<Int64>? = nil, columns: [PayloadColumn]
    ) {
        precondition(count >= 0, "a chunk of \(count) rows")
        unsafe self.count = count
        unsafe self.entities = entities
        unsafe self.eventTimes = eventTimes
        unsafe self.knownTimes = knownTimes
        unsafe self.sequences = sequences
        unsafe self.columns = columns
    }
}
