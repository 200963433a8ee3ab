// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Writes the batches that `produce` sends to a file that appears whole or not at all.
    ///
    /// The file depends on the rows alone, not on how they are cut into batches: it is written by one thread of a database
    /// of its own, so it can neither starve another operation nor be starved. Instants are written as UTC-adjusted
    /// timestamps, in CSV and JSON as RFC 3339. At most two batches wait. `produce` may call the engine.
    /// Throws what `produce` throws, `E-unwritable` for the file, `E-misuse` for a request without columns.
    public func write(
        _ request: WriteRequest, _ produce: (BatchSink) async throws(TallyError) -> [String: String]
    ) async throws(TallyError) {
        let copy = try FileCopy(request)
        let file = PartialFile(absolute(request.path))
        let placeholders = request.format == .parquet ? Self.placeholders(request.reservedMetadata) : []
        let feed = BatchFeed()
        do throws(TallyError) {
            let values = try await withSession(.writing, "write") { (session) throws(TallyError) in
                async let copied = session.copy(copy, feed, to: file, placeholders)
                let produced: Result<[String: String], TallyError>
                do throws(TallyError) {
                    produced = .success(
                        try await produce(
                            BatchSink { (batch) async throws(TallyError) in
                                precondition(
                                    batch.schema == request.columns.map(\.schema), "a batch of another schema")
                                try copy.expectTexts(of: batch)
                                try await feed.send(batch)
                            }))
                    feed.end(.finished)
                } catch {
                    produced = .failure(error)
                    feed.end(.abandoned)
                }
                let result = await copied
                let values = try produced.get()
                try result.get()
                return values
            }
            try file.patchFooter(Self.replacements(placeholders, values, subject: request.path))
            try file.rename(copy.names.changes, copy.format)
            try file.makeInstants(copy.instants)
            try file.complete()
        } catch {
            file.discard()
            throw error
        }
    }

    /// Writes the result of a query to a Parquet file that appears whole or not at all; relative paths start at the root.
    ///
    /// Types are DuckDB's own. A multiset is written in the order of its values by one thread, which adds up floats in one
    /// order too: the same data give the same file, unless the query asks for chance or the clock. Otherwise the order of
    /// rows, and with it the file, is as certain as the query makes it.
    public func writeQuery(_ sql: String, to path: String, asMultiset: Bool) async throws(TallyError) {
        let file = PartialFile(absolute(path))
        var sandbox = Sandbox(sql)
        sandbox.output = file.aside
        do throws(TallyError) {
            try await withSession(asMultiset ? .writing : .ordered, "query", sandbox: sandbox) {
                (session) throws(TallyError) in
                try await session.run { (_, connection) throws(TallyError) in
                    let written = try connection.userQuery(sql)
                    let query = SQL(written)
                    let rows: SQL = asMultiset ? "SELECT * FROM (\(query)) ORDER BY ALL" : query
                    let options = (FileCopy.parquetOptions + ["USE_TMP_FILE false"]).joined(separator: ", ")
                    do throws(DuckFailure) {
                        try connection.execute(
                            "COPY (\(rows)) TO \(file.aside.asLiteral) (\(options))"
                        )
                    } catch {
                        // The file that is written is ours, and tells a user nothing.
                        throw error.wrapped(
                            "write down its result", subject: error.isAboutValue ? written.onlyFile : nil,
                            ioCode: .unwritable)
                    }
                }
            }
            try file.complete()
        } catch {
            file.discard()
            throw error
        }
    }

    /// Texts of the reserved lengths that tell their keys apart.
    private static func placeholders(_ reserved: [String: Int]) -> [(key: String, text: String)] {
        reserved.sorted { $0.key < $1.key }.enumerated().map { index, entry in
            let mark = "\(index)~tally-reserved~\(index)~"
            let filling = String(repeating: "~", count: max(0, entry.value - mark.count))
            return (entry.key, String((mark + filling).prefix(entry.value)))
        }
    }

    private static func replacements(
        _ placeholders: [(key: String, text: String)], _ values: [String: String], subject: String
    ) throws(TallyError) -> [(placeholder: String, value: String)] {
        var replacements: [(placeholder: String, value: String)] = []
        for (key, text) in placeholders {
            guard let value = values[key] else {
                throw TallyError(.internal, "no value came for the reserved metadata \(key)", subject: subject)
            }
            replacements.append((text, value))
        }
        return replacements
    }
}

extension Session {
    /// Writes a feed to a file; the feed hears of a failure, so that its producer does not wait for ever.
    fileprivate func copy(
        _ copy: FileCopy, _ feed: BatchFeed, to file: PartialFile, _ placeholders: [(key: String, text: String)]
    ) -> Result<Void, TallyError> {
        do throws(TallyError) {
            let connection = try connection()
            do throws(DuckFailure) {
                try FeedFunction.register(feed, copy.feed, connection)
                try connection.execute(copy.sql(to: file.aside, placeholders: placeholders))
            } catch {
                throw error.wrapped("write the file", subject: file.path, ioCode: .unwritable)
            }
            return .success(())
        } catch {
            feed.end(.refused(error))
            return .failure(error)
        }
    }
}
