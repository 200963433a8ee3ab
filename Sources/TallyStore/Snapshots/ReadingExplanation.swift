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
        var columns: [Column] = []
        for column in found.columns {
            let declared = types.first { $0.name.isSame(as: column.name) }?.type
            let looks = column.isValueless ? "no value" : column.type?.name ?? column.nativeType
            columns.append(
                try await Self.look(column.name, declared, looks, TableReference(of: source, types: types), engine))
        }
        for missing in types where !found.columns.contains(where: { $0.name.isSame(as: missing.name) }) {
            columns.append(
                Column(
                    name: missing.name, declared: missing.type, looksLike: nil, nulls: nil, unreadable: nil,
                    firstFailure: nil))
        }
        self.columns = columns
    }

    private static func look(
        _ name: String, _ declared: DataType?, _ looks: String, _ table: TableReference, _ engine: any OfflineEngine
    ) async throws(TallyError) -> Column {
        let type = declared ?? .string
        let told = ReadabilityColumn.name(of: name, as: type)
        let request = MeasureRequest(
            table: table.readingUnreadableAsNull,
            types: [ColumnSchema(name: name, type: type), ColumnSchema(name: told, type: .bool)],
            measures: [.nulls(told), .failures([RowTest(told, .among([.bool(true)]))])])
        let counts = try await engine.measure(request).values.map { measured -> Int? in
            if case .count(let count) = measured { count } else { nil }
        }
        var failure: String?
        if (counts[1] ?? 0) > 0 {
            do throws(TallyError) {
                try await engine.scan(
                    ScanRequest(table: table, columns: [ScanRequest.Column(name: name, type: type)])
                ) { _ in }
            } catch {
                guard error.code == .invalidData else { throw error }
                failure = error.message
            }
        }
        return Column(
            name: name, declared: declared, looksLike: looks, nulls: counts[0], unreadable: counts[1],
            firstFailure: failure)
    }
}
