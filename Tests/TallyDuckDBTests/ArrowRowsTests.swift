// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// The rows of a file as an Arrow C stream, read as the interface lays it out in memory.
@Suite struct ArrowRowsTests {
    /// Five pointers: `get_schema`, `get_next`, `get_last_error`, `release`, and what they work on.
    @safe private struct Stream {
        typealias Next = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int32
        typealias Release = @convention(c) (UnsafeMutableRawPointer) -> Void

        let memory = UnsafeMutableRawPointer.allocate(byteCount: 40, alignment: 8)

        /// The next batch: the status, the number of rows, and whether it is a released array.
        func next() -> (status: Int32, rows: Int64, isReleased: Bool) {
            let array = UnsafeMutableRawPointer.allocate(byteCount: 80, alignment: 8)
            defer { unsafe array.deallocate() }
            unsafe array.initializeMemory(as: UInt8.self, repeating: 7, count: 80)
            let status = unsafe memory.load(fromByteOffset: 8, as: Next.self)(memory, array)
            let rows = unsafe array.load(as: Int64.self)
            let release = unsafe array.load(fromByteOffset: 64, as: Release?.self)
            unsafe release?(array)
            return unsafe (status, rows, release == nil)
        }

        func end() {
            unsafe memory.load(fromByteOffset: 24, as: Release.self)(memory)
            unsafe memory.deallocate()
        }
    }

    @Test(arguments: [0, 1, 5_000])
    func `a stream that came to its end stays there`(count: Int) async throws {
        let folder = try TemporaryFolder("arrow")
        let engine = try DuckDBEngine(root: folder.path)
        let sql = "SELECT n FROM (SELECT unnest(generate_series(1, \(count))) AS n)"
        try await engine.writeQuery(sql, to: "x.parquet", asMultiset: false)
        let stream = Stream()
        try unsafe ArrowRows.open(
            parquet: folder.path + "/x.parquet", root: folder.path, settings: EngineSettings(), into: stream.memory)
        var rows: Int64 = 0
        var found = stream.next()
        while !found.isReleased {
            rows += found.rows
            found = stream.next()
        }
        #expect(rows == count && found.status == 0)
        for _ in 0..<3 {
            let again = stream.next()
            #expect(again.status == 0 && again.isReleased)
        }
        stream.end()
    }

    @Test func `what is no file gives no rows`() async throws {
        let folder = try TemporaryFolder("arrow")
        let engine = try DuckDBEngine(root: folder.path)
        try await engine.writeQuery("SELECT 1 AS n", to: "x.parquet", asMultiset: false)
        let stream = Stream()
        for path in [folder.path, folder.path + "/", "/dev/null", folder.path + "/none.parquet"] {
            let error = #expect(throws: TallyError.self) {
                try unsafe ArrowRows.open(
                    parquet: path, root: folder.path, settings: EngineSettings(), into: stream.memory)
            }
            #expect(error?.code == .unreadable, "\(path): \(String(describing: error))")
        }
        unsafe stream.memory.deallocate()
    }
}
