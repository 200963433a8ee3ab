// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The offsets of the parts of a slot record: state words, known time, sequence, cut nanoseconds, payload.
///
/// A record holds the best row of one spine row. It is contiguous, so that a win touches one or two cache lines; only
/// event times lie apart, packed, because most rows look at no more than the event time they fail to beat.
/// The state words hold one presence bit a column; the two top bits of the last word are flags.
struct SlotLayout {
    static let occupiedFlag: UInt64 = 1 << 63
    static let tiedFlag: UInt64 = 1 << 62
    static let repeatedFlag: UInt64 = 1 << 61
    static let flags = occupiedFlag | tiedFlag | repeatedFlag
    static let flagCount = 3

    /// The longest run of bytes that a sixteen-byte view holds by itself.
    static let inlineBytes = 12

    let stateWords: Int
    /// The offset of the known time; nil when a row is known as it happens.
    let knownOffset: Int?
    let sequenceOffset: Int?
    /// The offset of the nanoseconds cut from the event time; nil when no row has any.
    let cutOffset: Int?
    let columnOffsets: [Int]
    let stride: Int

    init(_ source: SourceLayout) {
        stateWords = (source.payload.count + Self.flagCount + 63) / 64
        var end = 8 * stateWords
        if source.hasKnownTime {
            knownOffset = end
            end += 8
        } else {
            knownOffset = nil
        }
        if source.hasSequence {
            sequenceOffset = end
            end += 8
        } else {
            sequenceOffset = nil
        }
        if source.hasCutNanoseconds {
            cutOffset = end
            // Whole words, so that the payload stays aligned.
            end += 8
        } else {
            cutOffset = nil
        }
        // Wide values first: each is aligned and no space is lost between them.
        var offsets = [Int](repeating: 0, count: source.payload.count)
        for width in [16, 8, 4, 1] {
            for (column, kind) in source.payload.enumerated() where kind.width == width {
                offsets[column] = end
                end += width
            }
        }
        columnOffsets = offsets
        stride = (end + 7) & ~7
    }

    /// The offset of the state word with the flags.
    var flagsOffset: Int { 8 * (stateWords - 1) }

    /// The offset of the state word with the presence bit of a column.
    static func presenceOffset(_ column: Int) -> Int { 8 * (column / 64) }

    /// The presence bit of a column within its state word.
    static func presenceBit(_ column: Int) -> UInt64 { 1 << UInt64(column % 64) }
}
