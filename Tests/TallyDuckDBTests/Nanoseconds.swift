// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Files whose times are nanoseconds.
enum Nanoseconds {
    /// Writes a file whose nanoseconds are instants, as other writers than DuckDB do.
    static func writeZoned(_ query: String, to path: String, _ engine: DuckDBEngine, in folder: TemporaryFolder)
        async throws
    {
        try await engine.writeQuery(query, to: path)
        let place = URL(fileURLWithPath: folder.path + "/" + path)
        var bytes = try Data(contentsOf: place)
        // A timestamp of nanoseconds in a footer: a wall time (12), which becomes an instant (11).
        let (wall, instant): ([UInt8], [UInt8]) = (
            [0x8C, 0x12, 0x1C, 0x3C, 0, 0, 0, 0], [0x8C, 0x11, 0x1C, 0x3C, 0, 0, 0, 0]
        )
        var found = 0
        while let range = bytes.range(of: Data(wall)) {
            bytes.replaceSubrange(range, with: instant)
            found += 1
        }
        try #require(found > 0)
        try bytes.write(to: place)
    }

    /// A time column of a query: nulls and counts of nanoseconds.
    static func sql(_ counts: [Int64?]) -> String {
        let list = counts.map { $0.map(String.init) ?? "NULL" }.joined(separator: ", ")
        return "list_transform([\(list)]::BIGINT[], lambda x: make_timestamp_ns(x))"
    }
}
