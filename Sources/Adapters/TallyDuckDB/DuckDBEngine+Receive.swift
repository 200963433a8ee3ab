// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
public import TallyModel

/// What came in as an Arrow stream and is a file now.
public struct ReceivedTable: Sendable, Hashable {
    /// The number of rows.
    public let rows: Int
    /// The names of the columns, in order.
    public let columns: [String]
}

extension DuckDBEngine {
    /// Writes the rows of an `ArrowArrayStream` to a Parquet file that appears whole or not at all, and releases the stream.
    ///
    /// Batches are pulled on this thread, one by one, and none is kept: the table need not fit in memory. Types stay as they
    /// are: dictionaries become their values, instants are instants to the nanosecond. Throws `E-misuse` for a stream that is
    /// released or broken and for types that are not taken, `E-invalid-data` when the producer fails, `E-interrupted` once
    /// `isStopped`, `E-unwritable`.
    public func receive(
        _ stream: UnsafeMutableRawPointer, as path: String, isStopped: @escaping () -> Bool
    ) throws(TallyError) -> ReceivedTable {
        let producer = unsafe stream.assumingMemoryBound(to: ArrowArrayStream.self)
        guard unsafe producer.pointee.release != nil else {
            throw TallyError(
                .misuse, "the Arrow stream was released", help: "a stream is read once: ask its table for another one")
        }
        defer { unsafe ArrowRows.release(stream) }
        let intake = try unsafe ArrowIntake(producer, isStopped: isStopped)
        let file = PartialFile(absolute(path))
        do throws(TallyError) {
            try write(intake, to: file)
            try file.complete()
        } catch {
            file.discard()
            throw error
        }
        return ReceivedTable(rows: Int(intake.rows), columns: intake.columns.map(\.name))
    }

    private func write(_ intake: ArrowIntake, to file: PartialFile) throws(TallyError) {
        let names = try WrittenNames(intake.columns.map(\.name))
        let selected = intake.columns.enumerated().map { index, column in
            // Nulls without a type are written as those of a small one.
            let name = ArrowIntake.name(index)
            let value: SQL = column.format == "n" ? "CAST(\(name) AS INTEGER)" : name
            return "\(value) AS \(names.names[index].asIdentifier)" as SQL
        }
        let options = (FileCopy.parquetOptions + ["USE_TMP_FILE false"]).joined(separator: ", ")
        let database = try openDatabase(.writing)
        do throws(DuckFailure) {
            let connection = try Connection(database, Interrupter())
            try connection.execute("SET TimeZone = 'UTC'")
            try connection.scan(intake, as: "arriving") { () throws(DuckFailure) in
                try connection.execute(
                    "COPY (SELECT \(selected.joined(separator: ", ")) FROM arriving) TO \(file.aside.asLiteral) (\(options))"
                )
            }
        } catch {
            throw intake.failure ?? error.wrapped("write the file", subject: file.path, ioCode: .unwritable)
        }
        if let failure = intake.failure { throw failure }
        try file.rename(names.changes, .parquet)
        try file.makeInstants(intake.columns.filter(\.isNanosecondInstant).map(\.name))
    }
}
