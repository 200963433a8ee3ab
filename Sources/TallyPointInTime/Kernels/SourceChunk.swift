// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A payload column of one chunk: a vector of values and which of them are valid.
///
/// Nothing is copied: the memory must stay as it is while the chunk is consumed, and no longer.
@unsafe public struct PayloadColumn {
    let values: UnsafeRawPointer
    let validity: UnsafePointer<UInt64>?

    /// Borrows a vector in the layout of its `PayloadKind`; bit i of `validity` is 1 for valid, nil means all valid.
    public init(values: UnsafeRawPointer, validity: UnsafePointer<UInt64>? = nil) {
        unsafe self.values = values
        unsafe self.validity = validity
    }
}

/// Some rows of a source, borrowed from the caller that read them.
///
/// Times are microseconds since 1970 UTC. A row whose event time or known time is null is skipped and counted.
@unsafe public struct SourceChunk {
    let count: Int
    let entities: UnsafePointer<UInt32>
    let eventTimes: UnsafePointer<Int64>?
    let eventValidity: UnsafePointer<UInt64>?
    let knownTimes: UnsafePointer<Int64>?
    let knownValidity: UnsafePointer<UInt64>?
    let sequences: UnsafePointer<Int64>?
    let cutNanoseconds: UnsafePointer<Int32>?
    let columns: [PayloadColumn]

    /// Borrows `count` rows; `entities` are dense ids of the spine's dictionary, `SpineIndex.noEntity` to skip a row.
    ///
    /// Which of the optional columns are there must agree with the join's `SourceLayout`, but for `cutNanoseconds`: a chunk
    /// without them has 0 everywhere. Bit i of a validity bitmap is 1 for a valid value; no bitmap means that all are.
    public init(
        count: Int, entities: UnsafePointer<UInt32>, eventTimes: UnsafePointer<Int64>? = nil,
        eventValidity: UnsafePointer<UInt64>? = nil, knownTimes: UnsafePointer<Int64>? = nil,
        knownValidity: UnsafePointer<UInt64>? = nil, sequences: UnsafePointer<Int64>? = nil,
        cutNanoseconds: UnsafePointer<Int32>? = nil, columns: [PayloadColumn]
    ) {
        precondition(count >= 0, "a chunk of \(count) rows")
        unsafe self.count = count
        unsafe self.entities = entities
        unsafe self.eventTimes = eventTimes
        unsafe self.eventValidity = eventValidity
        unsafe self.knownTimes = knownTimes
        unsafe self.knownValidity = knownValidity
        unsafe self.sequences = sequences
        unsafe self.cutNanoseconds = cutNanoseconds
        unsafe self.columns = columns
    }
}
