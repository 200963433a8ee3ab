// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Which file and column a value is in that DuckDB could not read: it does not say so itself.
extension DuckDBEngine {
    /// What a failed query over runs means, with the place of the value where it stands in a Parquet file.
    ///
    /// Each column is read by itself, file by file, until one fails alone.
    func wrapped(
        _ failure: DuckFailure, _ action: String, over runs: [TableRun], reading columns: [String], subject: String?,
        _ connection: Connection
    ) -> TallyError {
        let told =
            runs.count == 1
            ? runs[0].wrapped(failure, action, subject: subject) : failure.wrapped(action, subject: subject)
        guard failure.isAboutValue, told.code == .invalidData else { return told }
        for run in runs where run.text == nil {
            for name in columns.uniqued(by: { Array($0.utf8) }) {
                guard let column = run.column(name), column.folder == nil, column.hasValues else { continue }
                for file in run.files where !isReadable(column, of: file, run, connection) {
                    return TallyError(
                        .invalidData,
                        "column '\(name)' has a value that cannot be read: \(failure.kind.lowercased()) error",
                        subject: file,
                        help: "TALLY_VERBOSE=1 shows the engine's own words, which name the place and may hold data",
                        underlying: failure.text)
                }
            }
        }
        return told
    }

    private func isReadable(_ column: TableRun.Column, of file: String, _ run: TableRun, _ connection: Connection)
        -> Bool
    {
        do throws(DuckFailure) {
            let table = FileReader.table([absolute(file)], run.columns)
            let name = column.engineName.asIdentifier
            try connection.execute("SELECT \(name) FROM \(table)")
            return true
        } catch {
            return !error.isAboutValue
        }
    }
}
