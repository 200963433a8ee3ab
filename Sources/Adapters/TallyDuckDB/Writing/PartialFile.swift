// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
internal import Synchronization
internal import TallyModel

/// A file that is being written beside its place, and takes it when it is whole.
struct PartialFile {
    private static let counter = Atomic<Int>(0)
    /// The place of the finished file.
    let path: String
    /// Where it is written.
    let aside: String
    /// Says for as long as this value lives that the file beside the place is not left over.
    private let lock: FileLock?

    /// Names the place of a file, and makes an empty one beside it, which DuckDB writes into.
    ///
    /// Where that is not possible, writing says why.
    init(_ path: String) {
        self.path = path
        let serial = Self.counter.add(1, ordering: .relaxed).newValue
        aside = "\(path).partial-\(FileName.processNumber)-\(serial)"
        lock = (try? FileLock.trying(aside)) ?? nil
    }

    /// Waits for the disk, gives the file its name and waits for the folder.
    ///
    /// Throws `E-unwritable`.
    func complete() throws(TallyError) {
        do throws(OpenFile.Failure) {
            try OpenFile.reading(aside).synchronize()
            try FileName.rename(aside, to: path)
            try OpenFile.reading(FileName.folder(of: path)).synchronize()
        } catch {
            throw unwritable(error.message)
        }
    }

    /// Removes what was written.
    func discard() { FileName.remove(aside) }

    /// Replaces placeholders in the footer of a Parquet file by values of the same length, in place.
    ///
    /// Each must occur there exactly once: anything else is `E-internal`, and the file is worthless.
    func patchFooter(_ replacements: [(placeholder: String, value: String)]) throws(TallyError) {
        guard !replacements.isEmpty else { return }
        guard let file = unsafe fopen(aside, "r+b") else { throw unwritable("it cannot be opened again") }
        defer { unsafe fclose(file) }
        // A Parquet file ends in its footer, the footer's length as four bytes, least significant first, and "PAR1".
        var tail = [UInt8](repeating: 0, count: 8)
        guard unsafe fseek(file, -8, SEEK_END) == 0, unsafe fread(&tail, 1, 8, file) == 8 else {
            throw unwritable("it cannot be read again")
        }
        let length = tail[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard Array(tail[4...]) == Array("PAR1".utf8) else {
            throw TallyError(.internal, "a Parquet file without its mark at the end", subject: path)
        }
        var footer = [UInt8](repeating: 0, count: length)
        guard unsafe fseek(file, -8 - length, SEEK_END) == 0, unsafe fread(&footer, 1, length, file) == length else {
            throw unwritable("it cannot be read again")
        }
        for (placeholder, value) in replacements {
            let (old, new) = (Array(placeholder.utf8), Array(value.utf8))
            let places = Self.places(of: old, in: footer)
            guard places.count == 1, old.count == new.count else {
                throw TallyError(
                    .internal,
                    "a reserved value of \(old.count) bytes occurs \(places.count) times, "
                        + "and its value has \(new.count) bytes", subject: path)
            }
            footer.replaceSubrange(places[0]..<places[0] + old.count, with: new)
        }
        guard unsafe fseek(file, -8 - length, SEEK_END) == 0, unsafe fwrite(footer, 1, length, file) == length,
            unsafe fflush(file) == 0
        else { throw unwritable("its metadata cannot be written") }
    }

    /// Says in the footer of a Parquet file that the nanoseconds of columns are instants, which DuckDB cannot.
    func makeInstants(_ columns: [String]) throws(TallyError) {
        guard !columns.isEmpty else { return }
        let footer = try footer()
        let walls = (footer?.walls ?? []).filter { wall in columns.contains { $0.isSame(as: wall.column) } }
        let isComplete = columns.allSatisfy { column in walls.contains { $0.column.isSame(as: column) } }
        guard let footer, isComplete else {
            throw TallyError(.internal, "nanoseconds were written as something else", subject: path)
        }
        try replace(walls.map { ($0.place, [ParquetFooter.mark(footer.bytes[$0.place - footer.start], true)]) })
    }

    /// The footer of a Parquet file; nil where there is none.
    func footer() throws(TallyError) -> ParquetFooter? {
        do throws(OpenFile.Failure) {
            return try ParquetFooter(try OpenFile.reading(aside))
        } catch {
            throw unwritable(error.message)
        }
    }

    /// Writes bytes over others.
    func replace(_ pieces: [(place: Int, bytes: [UInt8])]) throws(TallyError) {
        guard let file = unsafe fopen(aside, "r+b") else { throw unwritable("it cannot be opened again") }
        defer { unsafe fclose(file) }
        for piece in pieces {
            let count = piece.bytes.count
            guard unsafe fseek(file, piece.place, SEEK_SET) == 0, unsafe fwrite(piece.bytes, 1, count, file) == count
            else {
                throw unwritable("its metadata cannot be written")
            }
        }
        guard unsafe fflush(file) == 0 else { throw unwritable("its metadata cannot be written") }
    }

    private static func places(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard let first = needle.first, bytes.count >= needle.count else { return [] }
        return (0...bytes.count - needle.count).filter {
            bytes[$0] == first && bytes[$0..<$0 + needle.count].elementsEqual(needle)
        }
    }

    func unwritable(_ reason: String) -> TallyError {
        TallyError(
            .unwritable, "could not be written: \(reason)", subject: path,
            help: "check that the folder exists, is writable and has room", underlying: reason)
    }
}
