// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDefinitions
internal import TallyDuckDB
internal import TallyModel

/// A feature repository made of files that have no definitions: written into a folder, so that the commands that everybody
/// runs work on it, and a user may keep it.
struct FrameRepository {
    /// The service that has all features.
    static let service = "frames"
    /// The definitions as they are written.
    let definitions: String
    let columns: [FrameColumns]

    /// The features, in the order of the training set.
    var features: [FrameFeature] { columns.flatMap(\.features) }
    /// The columns that became none.
    var leftOut: [LeftOut] { columns.flatMap(\.leftOut) }

    /// Looks at the files and writes the repository to the root of a store, which holds none yet.
    ///
    /// `prefix` stands before the names of views.
    init(_ join: FrameJoin, prefix: String = "", in store: FeatureStore) async throws(TallyError) {
        let root = store.root
        guard !FileName.exists(root + "/tally.yaml") else {
            throw TallyError(
                .misuse, "the folder holds a repository already", subject: root, help: "work in a new folder")
        }
        try Self.expectNames(join)
        let engine = try DuckDBEngine(root: root, settings: store.limits.settings)
        for folder in ["/data", "/definitions"] where !FileName.exists(root + folder) {
            do throws(OpenFile.Failure) {
                try FileName.makeFolder(root + folder)
            } catch {
                throw TallyError(.unwritable, "the folder cannot be made: \(error.message)", subject: root + folder)
            }
        }
        let spine = try await Self.describe(join.spine, "the spine", engine)
        var columns: [FrameColumns] = []
        var paths: [String] = []
        for table in join.tables {
            let found = try await Self.describe(table.path, "source \(table.name)", engine)
            let own = try FrameColumns(table, found, spine: spine, timeColumn: join.timeColumn)
            let path = try await Self.path(of: own, found, root: root, engine)
            // What lies in the folder is named from there, so that the folder may move.
            paths.append(path.begins(with: root + "/") ? String(path.dropFirst(root.count + 1)) : path)
            columns.append(own)
        }
        self.columns = columns
        definitions = FrameDefinitions(columns: columns, paths: paths, prefix: prefix).text
        try AtomicFile.write(Array("project: \(Self.service)\n".utf8), to: root + "/tally.yaml")
        try AtomicFile.write(Array(definitions.utf8), to: root + "/definitions/frames.yaml")
    }

    private static func expectNames(_ join: FrameJoin) throws(TallyError) {
        guard !join.tables.isEmpty else {
            throw TallyError(.misuse, "no source is named", help: "name at least one table")
        }
        var seen: [String] = []
        for table in join.tables {
            if let problem = NameRule.problem(with: table.name) {
                throw TallyError(
                    .misuse, "'\(table.name)' is no name of a source: \(problem)",
                    help: NameRule.proposal(for: table.name).map { "call it '\($0)'" })
            }
            guard !seen.contains(where: { $0.isSame(as: table.name) }) else {
                throw TallyError(.misuse, "source '\(table.name)' is named twice")
            }
            seen.append(table.name)
        }
    }

    /// Describes a file; throws for one that is not there, or that names no format.
    static func describe(
        _ path: String, _ subject: String, _ engine: DuckDBEngine
    ) async throws(TallyError) -> TableDescription {
        guard let format = Source.FileFormat(ofPath: path) else {
            throw TallyError(
                .misuse, "the ending of \(path) names no format", subject: subject,
                help: "use a path that ends in .parquet or .csv")
        }
        let description = try await engine.describe(TableReference(rows: .paths([path], format)))
        guard !description.columns.isEmpty else {
            throw TallyError(.unreadable, "there is no such file: \(path)", subject: subject)
        }
        return description
    }

    /// Throws where names differ in the case of ASCII letters only, which the engine takes for one.
    static func expectTellable(_ table: TableDescription, _ subject: String) throws(TallyError) {
        var seen: [String: String] = [:]
        for column in table.columns {
            guard let other = seen.updateValue(column.name, forKey: column.name.lowercasedASCII) else { continue }
            throw TallyError(
                .misuse, "columns '\(other)' and '\(column.name)' differ in letter case only", subject: subject,
                help: "rename one of the two")
        }
    }

    /// The file of a table; a copy in which the keys are called as in the spine, where they are not.
    private static func path(
        of columns: FrameColumns, _ found: TableDescription, root: String, _ engine: DuckDBEngine
    ) async throws(TallyError) -> String {
        let table = columns.table
        let renamed = table.keys.filter { !$0.spine.isSame(as: $0.source) }
        guard !renamed.isEmpty else { return table.path }
        let subject = "source \(table.name)"
        for key in renamed where found.columns.contains(where: { $0.name.isSame(as: key.spine) }) {
            throw TallyError(
                .misuse, "it has a column '\(key.spine)' beside its key '\(key.source)'", subject: subject,
                help: "rename one of the two")
        }
        guard Source.FileFormat(ofPath: table.path) == .parquet,
            !found.columns.contains(where: { $0.exactType != nil && $0.nativeType.hasSuffix("ZONE") })
        else {
            throw TallyError(
                .misuse, "its key '\(renamed[0].source)' is called '\(renamed[0].spine)' in the spine",
                subject: subject,
                help:
                    "rename the column: keys of text files, and of tables with nanoseconds, are called as in the spine")
        }
        try expectTellable(found, subject)
        let path = root + "/data/" + table.name + "-keys.parquet"
        try await engine.writeColumns(
            found.columns.map { column in
                (column.name, renamed.first { $0.source.isSame(as: column.name) }?.spine ?? column.name)
            }, of: table.path, to: path)
        return path
    }
}
