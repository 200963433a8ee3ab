// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import Testing

/// A sentence that holds for every offline engine, and how to check it on one.
///
/// An engine's test is one parameterised function:
/// `@Test(arguments: OfflineEngineLaw.all) func law(_ law: OfflineEngineLaw) async throws { try await law.check(on: subject) }`
public struct OfflineEngineLaw: Sendable, CustomStringConvertible {
    /// The law as a sentence.
    public let description: String
    private let body: @Sendable (OfflineEngineSubject) async throws -> Void

    /// Names a law.
    init(_ description: String, _ body: @escaping @Sendable (OfflineEngineSubject) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Checks the law on an engine with an empty folder, recording what does not hold.
    public func check(on subject: OfflineEngineSubject) async throws { try await body(subject) }

    /// Every law.
    public static let all: [OfflineEngineLaw] = files + joins + days + later + agreement
}

/// An engine under test and its folder.
public struct OfflineEngineSubject: Sendable {
    /// The engine; relative paths lead into an empty folder.
    public let engine: any OfflineEngine
    /// The names of all files in the folder, sorted.
    public let fileNames: @Sendable () -> [String]

    /// Wraps an engine.
    public init(engine: any OfflineEngine, fileNames: @escaping @Sendable () -> [String]) {
        self.engine = engine
        self.fileNames = fileNames
    }

    /// Writes a batch to a Parquet file, in pieces of `pieceRows` rows.
    func put(_ batch: Batch, at path: String, pieceRows: Int = 1_000) async throws {
        let request = WriteRequest(
            path: path, format: .parquet, columns: batch.schema.map { WriteRequest.Column(schema: $0) })
        try await engine.write(request) { (sink) async throws(TallyError) in
            var start = 0
            while start < batch.count {
                let end = min(batch.count, start + pieceRows)
                try await sink.send(batch.slice(start..<end))
                start = end
            }
            return [:]
        }
    }

    /// Reads a table as the types of a schema, or verbatim.
    func rows(_ pattern: String, _ columns: [ScanRequest.Column]) async throws -> [Batch] {
        var batches: [Batch] = []
        let table = TableReference(rows: .files([pattern], .parquet))
        try await engine.scan(ScanRequest(table: table, columns: columns)) { batches.append($0) }
        return batches
    }
}

/// Records every difference between two columns, bit for bit.
func expectIdentical(_ found: Column, _ expected: Column, _ context: String) {
    #expect(found.type == expected.type, "\(context)")
    #expect(found.count == expected.count, "\(context)")
    guard found.count == expected.count else { return }
    for row in 0..<found.count where !found[row].isIdentical(to: expected[row]) {
        Issue.record("\(context), row \(row): \(found[row]) instead of \(expected[row])")
        return
    }
}

/// Records every difference between two results of a join.
func expectIdentical(_ found: JoinResult, _ expected: JoinResult, _ context: String) {
    #expect(found.features.schema == expected.features.schema, "\(context)")
    #expect(found.statuses == expected.statuses, "\(context)")
    #expect(found.counts == expected.counts, "\(context)")
    expectIdentical(found.eventTimes, expected.eventTimes, "\(context), event times")
    expectIdentical(found.knownTimes, expected.knownTimes, "\(context), known times")
    for (index, entry) in expected.features.schema.enumerated() where index < found.features.columns.count {
        expectIdentical(found.features.columns[index], expected.features.columns[index], "\(context), \(entry.name)")
    }
}
