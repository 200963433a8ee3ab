// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Writes columns of a Parquet file under other names to a new one, in the order of its rows.
    public func writeColumns(
        _ columns: [(name: String, as: String)], of path: String, to output: String
    ) async throws(TallyError) {
        let names = try WrittenNames(columns.map(\.as))
        let selected = zip(columns, names.names).map { column, name in
            "\(column.name.asIdentifier) AS \(name.asIdentifier)" as SQL
        }
        let file = PartialFile(absolute(output))
        let options = (FileCopy.parquetOptions + ["USE_TMP_FILE false"]).joined(separator: ", ")
        let aside = file.aside.asLiteral
        do throws(TallyError) {
            try await withSession(.writing, "columns") { (session) async throws(TallyError) in
                try await session.run { (_, connection) throws(TallyError) in
                    do throws(DuckFailure) {
                        try connection.execute(
                            """
                            COPY (SELECT \(selected.joined(separator: ", ")) \
                            FROM \(FileReader.parquet([path]))) TO \(aside) (\(options))
                            """)
                    } catch {
                        throw error.wrapped("write the file", subject: output, ioCode: .unwritable)
                    }
                }
            }
            try file.rename(names.changes, .parquet)
            try file.complete()
        } catch {
            file.discard()
            throw error
        }
    }
}
