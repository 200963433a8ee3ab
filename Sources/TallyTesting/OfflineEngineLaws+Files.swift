// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel
internal import Testing

extension OfflineEngineLaw {
    /// Laws of describing, scanning and writing.
    static let files: [OfflineEngineLaw] = [
        OfflineEngineLaw("what is written is read back, type by type and bit by bit, with floats canonical") {
            subject in
            var random = OfflineRandom(seed: 1)
            for type in OfflineRandom.types {
                let column = random.column(type, count: 3_000)
                let canonical = Column(type: type, values: column.values.map(\.canonical))
                try await subject.put(Batch([("x", column)]), at: "one.parquet", pieceRows: 777)
                let typed = try await subject.rows("one.parquet", [.init(name: "x", type: type)])
                expectIdentical(.concatenating(typed.map { $0.columns[0] }), canonical, "\(type), typed")
                let verbatim = try await subject.rows("one.parquet", [.init(name: "x", alias: "y", type: nil)])
                expectIdentical(.concatenating(verbatim.map { $0.columns[0] }), canonical, "\(type), verbatim")
                #expect(verbatim.allSatisfy { $0.schema == [ColumnSchema(name: "y", type: type)] })
            }
        },
        OfflineEngineLaw("rows come in the order of the sorted files and of their rows, many at a time") { subject in
            for (file, start) in [("b", 150_000), ("a", 0), ("c", 300_000)] {
                let values = (start..<start + 150_000).map { Int64($0) }
                try await subject.put(
                    Batch([("n", Column(type: .int64, storage: .int64(values)))]), at: "\(file).parquet",
                    pieceRows: 70_001)
            }
            var next: Int64 = 0
            var batches = 0
            for batch in try await subject.rows("*.parquet", [.init(name: "n", type: .int64)]) {
                guard case .int64(let values) = batch.columns[0].storage else { continue }
                #expect(values == (next..<next + Int64(values.count)).map { $0 })
                next += Int64(values.count)
                batches += 1
            }
            #expect(next == 450_000)
            #expect(batches < 20)
        },
        OfflineEngineLaw("no matching file is an empty table") { subject in
            let found = try await subject.engine.describe(TableReference(rows: .files(["none/*.parquet"], .parquet)))
            #expect(found.files.isEmpty && found.columns.isEmpty)
            let rows = try await subject.rows("none.parquet", [])
            #expect(rows.isEmpty)
        },
        OfflineEngineLaw("files are one table by name, and what disagrees names two files") { subject in
            let (int, text) = (Column(type: .int64, values: [.int64(1)]), Column(type: .string, values: [.string("1")]))
            let table = TableReference(rows: .files(["*.parquet"], .parquet))
            try await subject.put(Batch([("x", int)]), at: "a.parquet")
            try await subject.put(Batch([("y", int), ("x", int)]), at: "b.parquet")
            #expect(try await subject.engine.describe(table).columns.map(\.type) == [.int64, .int64])
            try await subject.put(Batch([("x", text), ("y", int)]), at: "b.parquet")
            let columns = try await subject.engine.describe(table).columns
            #expect(columns.map(\.name) == ["x", "y"] && columns.map(\.type) == [nil, .int64])
            let conflict = columns.first?.conflict ?? ""
            #expect(conflict.contains("a.parquet") && conflict.contains("b.parquet"), "\(conflict)")
        },
        OfflineEngineLaw("a type that would lose something is refused") { subject in
            try await subject.put(Batch([("x", Column(type: .float64, values: [.float64(1.5)]))]), at: "a.parquet")
            let error = await #expect(throws: TallyError.self) {
                _ = try await subject.rows("a.parquet", [.init(name: "x", type: .int64)])
            }
            #expect(error?.code == .invalidData)
        },
        OfflineEngineLaw("a producer that fails leaves nothing behind and its error comes out") { subject in
            let schema = [ColumnSchema(name: "x", type: .int64)]
            let request = WriteRequest(
                path: "x.parquet", format: .parquet, columns: schema.map { WriteRequest.Column(schema: $0) })
            let batch = Batch([("x", Column(type: .int64, storage: .int64(Array(0..<100_000))))])
            let error = await #expect(throws: TallyError.self) {
                try await subject.engine.write(request) { (sink) async throws(TallyError) in
                    for _ in 0..<5 { try await sink.send(batch) }
                    throw TallyError(.outOfBudget, "on purpose")
                }
            }
            #expect(error?.code == .outOfBudget)
            #expect(subject.fileNames().isEmpty)
        },
        OfflineEngineLaw("an old file stays until the new one is whole") { subject in
            let old = Batch([("x", Column(type: .int64, values: [.int64(1)]))])
            try await subject.put(old, at: "x.parquet")
            let request = WriteRequest(
                path: "x.parquet", format: .parquet, columns: old.schema.map { WriteRequest.Column(schema: $0) })
            await #expect(throws: TallyError.self) {
                try await subject.engine.write(request) { (sink) async throws(TallyError) in
                    try await sink.send(old)
                    throw TallyError(.misuse, "on purpose")
                }
            }
            let rows = try await subject.rows("x.parquet", [.init(name: "x", type: .int64)])
            #expect(rows == [old])
            #expect(subject.fileNames() == ["x.parquet"])
        },
        OfflineEngineLaw("a file without rows has its columns") { subject in
            try await subject.put(Batch([("x", Column(type: .array(.string), values: []))]), at: "x.parquet")
            let found = try await subject.engine.describe(TableReference(rows: .files(["x.parquet"], .parquet)))
            #expect(found.columns.map(\.type) == [.array(.string)])
            let rows = try await subject.rows("x.parquet", [.init(name: "x", type: .array(.string))])
            #expect(rows.isEmpty)
        },
        OfflineEngineLaw("scan, join and write may be nested in each other") { subject in
            try await checkNesting(subject)
        },
    ]

    private static func checkNesting(_ subject: OfflineEngineSubject) async throws {
        let count = 200_000
        let spine = Batch([
            ("id", Column(type: .int64, storage: .int64((0..<count).map { Int64($0 % 1_000) }))),
            ("t", Column(type: .timestamp, storage: .int64((0..<count).map { Int64($0) }))),
        ])
        try await subject.put(spine, at: "spine.parquet")
        let source = Batch([
            ("id", Column(type: .int64, storage: .int64((0..<1_000).map { Int64($0) }))),
            ("at", Column(type: .timestamp, storage: .int64([Int64](repeating: 0, count: 1_000)))),
            ("v", Column(type: .int64, storage: .int64((0..<1_000).map { Int64($0) * 7 }))),
        ])
        try await subject.put(source, at: "source.parquet")
        let view = ViewJoin(
            subject: "view v", files: [.init(paths: ["source.parquet"])], format: .parquet, timeZone: "UTC",
            eventTime: "at", knownTime: .after(.zero),
            columns: ViewColumns(
                keys: [ColumnSchema(name: "id", type: .int64)], inputs: [ColumnSchema(name: "v", type: .int64)],
                features: [ColumnSchema(name: "v", type: .int64)]), law: .latestRow(), ignoresKnownTime: false)
        let request = WriteRequest(
            path: "out.parquet", format: .parquet,
            columns: [ColumnSchema(name: "v", type: .int64)].map { WriteRequest.Column(schema: $0) })
        let scan = ScanRequest(
            table: TableReference(rows: .files(["spine.parquet"], .parquet)),
            columns: [.init(name: "id", type: .int64), .init(name: "t", type: .timestamp)])
        try await subject.engine.write(request) { (sink) async throws(TallyError) in
            try await subject.engine.scan(scan) { (batch) async throws(TallyError) in
                let keys = Batch([("id", batch.columns[0])])
                let results = try await subject.engine.pointInTimeJoin(
                    JoinRequest(keys: keys, times: batch.columns[1], views: [view]))
                for result in results { try await sink.send(result.features) }
            }
            return [:]
        }
        let rows = try await subject.rows("out.parquet", [.init(name: "v", type: .int64)])
        let expected = Column(type: .int64, storage: .int64((0..<count).map { Int64($0 % 1_000) * 7 }))
        expectIdentical(.concatenating(rows.map { $0.columns[0] }), expected, "nested")
    }
}
