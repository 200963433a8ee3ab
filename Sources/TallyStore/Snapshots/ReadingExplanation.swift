// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// An explanation of how each column of a text source is read: declared type, apparent type, first value that fails.
public struct ReadingExplanation: Sendable, Hashable {
    /// One column.
    public struct Column: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The declared type; nil when none is declared.
        public let declared: DataType?
        /// The type that its values look like over all files; nil for a column that no file has.
        public let looksLike: String?
        /// The number of null values.
        public let nulls: Int?
        /// The number of values that cannot be read as declared.
        public let unreadable: Int?
        /// The place of the first value that cannot be read; nil when all can.
        public let firstFailure: String?
    }

    /// The columns in the order of the files; declared ones that no file has come last.
    public let columns: [Column]

    /// Examines every value of a source; `types` are the declared types of its columns.
    public init(
        of source: Source, types: [ColumnSchema], engine: any OfflineEngine
    ) async throws(TallyError) {
        let plain = TableReference(of: source)
        let found = try await engine.describe(plain)
        let declared = ByName(types.map { ($0.name, $0.type) })
        let looked = found.columns.map { column in
            Looked(
                name: column.name, declared: declared[column.name],
                looks: column.isValueless ? "no value" : column.type?.name ?? column.nativeType)
        }
        var columns = try await Self.look(looked, TableReference(of: source, types: types), engine)
        let known = ByName(found.columns.map { ($0.name, true) })
        for missing in types where known[missing.name] == nil {
            columns.append(
                Column(
                    name: missing.name, declared: missing.type, looksLike: nil, nulls: nil, unreadable: nil,
                    firstFailure: nil))
        }
        self.columns = columns
    }

    /// A column as the files and the definitions have it.
    private struct Looked {
        let name: String
        let declared: DataType?
        let looks: String
        var type: DataType { declared ?? .string }
    }

    /// What the values of all columns say, from as few passes over them as the engine needs.
    private static func look(
        _ looked: [Looked], _ table: TableReference, _ engine: any OfflineEngine
    ) async throws(TallyError) -> [Column] {
        guard !looked.isEmpty else { return [] }
        var types: [ColumnSchema] = []
        var measures: [Measure] = []
        for column in looked {
            let told = ReadabilityColumn.name(of: column.name, as: column.type)
            types += [ColumnSchema(name: column.name, type: column.type), ColumnSchema(name: told, type: .bool)]
            measures += [.nulls(told), .failures([RowTest(told, .among([.bool(true)]))])]
        }
        let request = MeasureRequest(table: table.readingUnreadableAsNull, types: types, measures: measures)
        let counts = try await engine.measure(request).values.map { measured -> Int? in
            if case .count(let count) = measured { count } else { nil }
        }
        var columns: [Column] = []
        for (index, column) in looked.enumerated() {
            let (nulls, unreadable) = (counts[2 * index], counts[2 * index + 1])
            let failure = (unreadable ?? 0) > 0 ? try await firstFailure(of: column, table, engine) : nil
            columns.append(
                Column(
                    name: column.name, declared: column.declared, looksLike: column.looks, nulls: nulls,
                    unreadable: unreadable, firstFailure: failure))
        }
        return columns
    }

    /// What is said of the first value of a column that cannot be read.
    private static func firstFailure(
        of column: Looked, _ table: TableReference, _ engine: any OfflineEngine
    ) async throws(TallyError) -> String? {
        do throws(TallyError) {
            try await engine.scan(
                ScanRequest(table: table, columns: [ScanRequest.Column(name: column.name, type: column.type)])
            ) { _ in }
            return nil
        } catch {
            guard error.code == .invalidData else { throw error }
            return error.message
        }
    }
}
