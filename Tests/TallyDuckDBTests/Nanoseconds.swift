// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Files whose times are nanoseconds.
enum Nanoseconds {
    /// Writes a file whose nanoseconds are instants.
    static func writeZoned(
        _ query: String, to path: String, _ engine: DuckDBEngine, in folder: TemporaryFolder
    ) async throws {
        try await engine.writeQuery(query, to: path)
        try #require(try NanosecondFile.makeInstants(folder.path + "/" + path) > 0)
    }

    /// A list of times for a query: nulls and counts of nanoseconds.
    static func sql(_ counts: [Int64?]) -> String {
        let list = counts.map { $0.map(String.init) ?? "NULL" }.joined(separator: ", ")
        return "list_transform([\(list)]::BIGINT[], lambda x: make_timestamp_ns(x))"
    }
}
