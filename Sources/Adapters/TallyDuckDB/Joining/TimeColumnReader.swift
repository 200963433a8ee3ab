// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reads a time column of the chunks of one source: in place where it can, else converted.
@safe final class TimeColumnReader {
    private let reader: TimeReader
    private let values = Scratch<Int64>()
    private let validity = Scratch<UInt64>(capacity: 32)
    /// Where cut nanoseconds go; nil when there are none to cut, or nobody asks.
    private let cut: Scratch<Int32>?
    /// Wall times so far that the clock skipped or showed twice.
    private(set) var irregular = 0

    /// `keepsCuts` tells whether somebody will ask for the nanoseconds that were cut.
    init(_ reader: TimeReader, keepsCuts: Bool = false) {
        self.reader = reader
        cut = keepsCuts && reader.cutsNanoseconds ? Scratch<Int32>() : nil
    }

    /// The nanoseconds cut from the times of the last chunk; nil when there are none.
    var cutNanoseconds: UnsafePointer<Int32>? { unsafe (cut?.start).map { unsafe UnsafePointer($0) } }

    /// Instants and their validity, valid until the next chunk; nil validity is all valid.
    @unsafe func read(
        _ vector: Vector, count: Int
    ) -> (values: UnsafePointer<Int64>, validity: UnsafePointer<UInt64>?) {
        if reader.isDirect(vector, count: count) {
            return unsafe (
                UnsafePointer(vector.values(as: Int64.self)), vector.validity.map { unsafe UnsafePointer($0) }
            )
        }
        let instants = unsafe values.room(count)
        let bits = unsafe validity.room((count + 63) / 64)
        let cuts = unsafe cut.map { unsafe $0.room(count) }
        irregular += unsafe reader.read(vector, count: count, into: instants, validity: bits, cuts: cuts)
        return unsafe (UnsafePointer(instants), UnsafePointer(bits))
    }
}
