// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB
public import TallyModel
internal import TallyStore

extension FeatureStore {
    /// Says which columns of a training set know the future.
    ///
    /// The set is the spine of a join by the law, as `train` makes it; each cell that is not the lawful one is looked up among
    /// the rows of its key. One that only a later row explains knows the future. The folder must hold no repository yet.
    /// Throws what `join` throws.
    public func findLeaks(_ search: LeakSearch) async throws(TallyError) -> LeakReport {
        try expectNew(search)
        let engine = try DuckDBEngine(root: root, settings: limits.settings)
        let training = try await FrameRepository.describe(search.join.spine, "the training set", engine)
        try FrameRepository.expectTellable(training, "the training set")
        var tables: [FrameColumns] = []
        for table in search.join.tables {
            let found = try await FrameRepository.describe(table.path, "source \(table.name)", engine)
            tables.append(try FrameColumns(table, found, spine: training, timeColumn: search.join.timeColumn))
        }
        let origins = try LeakOrigins(search, training, tables)
        guard !origins.found.isEmpty else {
            let likenesses = try await likenesses(search, training, engine)
            return LeakReport(
                rows: 0, columns: [], label: nil, likenesses: likenesses, unseen: origins.unseen, output: nil)
        }
        let prefix = Self.prefix(besides: training.columns.map(\.name))
        let narrowed = Self.narrowed(search.join, to: origins)
        let repository = try await FrameRepository(narrowed, prefix: prefix, in: self)
        let joined = root + "/joined.parquet"
        let manifest = try await train(repository, narrowed, output: joined)
        let found = try await engine.findLeaks(
            try await request(search, origins, repository, prefix, joined, training, engine))
        if let output = search.output {
            try await engine.writeColumns(
                training.columns.map { column in
                    let origin = origins.found.first { $0.column.isSame(as: column.name) }
                    let isKept = origin == nil || (search.label?.isSame(as: column.name) ?? false)
                    return (isKept ? column.name : origin.map { Self.lawful($0, prefix) } ?? column.name, column.name)
                }, of: joined, to: output)
        }
        return Self.report(search, origins, repository, found, rows: manifest.counts.spineRows)
    }

    /// What can be said of the label where no column stands in a source.
    private func likenesses(
        _ search: LeakSearch, _ training: TableDescription, _ engine: DuckDBEngine
    ) async throws(TallyError) -> [LeakReport.Likeness] {
        guard search.label != nil, Source.FileFormat(ofPath: search.join.spine) == .parquet else { return [] }
        let request = LeakRequest(
            joined: search.join.spine, time: search.join.timeColumn, tables: [], label: search.label,
            besidesLabel: Self.besidesLabel(search, training), samples: 0)
        return try await engine.findLeaks(request).label.compactMap(LeakJudgement.likeness)
    }

    /// The columns that may not be the label: all but the label, keys, the time, and what the caller vouches for.
    private static func besidesLabel(_ search: LeakSearch, _ training: TableDescription) -> [String] {
        guard let label = search.label else { return [] }
        let passed =
            search.join.tables.flatMap { $0.keys.map(\.spine) } + [search.join.timeColumn, label] + search.excepted
        return training.columns.map(\.name).filter { name in !passed.contains { $0.isSame(as: name) } }
    }

    private func expectNew(_ search: LeakSearch) throws(TallyError) {
        guard let output = search.output else { return }
        guard output.lowercasedASCII.hasSuffix(".parquet") else {
            throw TallyError(.misuse, "is no .parquet", subject: output, help: "write to a path that ends in .parquet")
        }
        guard !FileName.exists(output) else {
            throw TallyError(.misuse, "there is a file already", subject: output, help: "name a new file")
        }
    }

    /// What stands before the views' names, so that no column of the training set is called like a lawful one.
    private static func prefix(besides names: [String]) -> String {
        var number = 1
        while true {
            let prefix = "lawful\(number)_"
            if !names.contains(where: { $0.begins(with: prefix) }) { return prefix }
            number += 1
        }
    }

    /// The column of a lawful value.
    private static func lawful(_ origin: LeakOrigins.Found, _ prefix: String) -> String {
        "\(prefix)\(origin.feature.table)__\(origin.feature.feature)"
    }

    /// The join with the columns that are compared, and no others.
    private static func narrowed(_ join: FrameJoin, to origins: LeakOrigins) -> FrameJoin {
        let tables = join.tables.compactMap { table -> FrameJoin.Table? in
            let columns = origins.found.filter { $0.feature.table.isSame(as: table.name) }.map(\.feature.column)
            guard !columns.isEmpty else { return nil }
            return FrameJoin.Table(
                name: table.name, path: table.path, keys: table.keys, eventTime: table.eventTime,
                knownTime: table.knownTime, timeToLive: table.timeToLive, timeZone: table.timeZone,
                columns: columns.uniqued { Array($0.utf8) })
        }
        return FrameJoin(
            spine: join.spine, timeColumn: join.timeColumn, tables: tables, ignoresKnownTime: join.ignoresKnownTime)
    }

    private func request(
        _ search: LeakSearch, _ origins: LeakOrigins, _ repository: FrameRepository, _ prefix: String,
        _ joined: String, _ training: TableDescription, _ engine: DuckDBEngine
    ) async throws(TallyError) -> LeakRequest {
        let definitions = try await checked().checked.definitions(of: FrameRepository.service)
        var tables: [LeakRequest.Table] = []
        for columns in repository.columns {
            let name = columns.table.name
            guard let view = definitions.views[prefix + name] else {
                throw TallyError(.internal, "its view is missing", subject: "source \(name)")
            }
            let rows = root + "/\(name)-rows.parquet"
            try await KnownRows.write(
                try CompiledView(view, in: definitions), origins: origins.places(in: columns), to: rows, by: engine)
            tables.append(
                LeakRequest.Table(
                    rows: rows,
                    keys: zip(columns.table.keys, columns.keyTypes).map { ColumnSchema(name: $0.spine, type: $1) },
                    columns: origins.found.filter { $0.feature.table.isSame(as: name) }.map {
                        LeakRequest.Column(
                            name: $0.column, lawful: Self.lawful($0, prefix), form: $0.form, isText: $0.isText)
                    }))
        }
        return LeakRequest(
            joined: joined, time: search.join.timeColumn, tables: tables, label: search.label,
            besidesLabel: Self.besidesLabel(search, training), samples: search.samples)
    }

    private static func report(
        _ search: LeakSearch, _ origins: LeakOrigins, _ repository: FrameRepository,
        _ found: LeakFindings, rows: Int
    ) -> LeakReport {
        var columns: [LeakReport.Column] = []
        for (table, counts) in zip(repository.columns, found.columns) {
            let own = origins.found.filter { $0.feature.table.isSame(as: table.table.name) }
            for (origin, counts) in zip(own, counts) {
                columns.append(
                    LeakJudgement.column(
                        origin, counts, isTimeless: table.eventTime == nil, keys: table.table.keys.map(\.spine)))
            }
        }
        let isLabel = { (column: LeakReport.Column) in search.label?.isSame(as: column.name) ?? false }
        return LeakReport(
            rows: rows, columns: columns.filter { !isLabel($0) }, label: columns.first(where: isLabel),
            likenesses: found.label.compactMap(LeakJudgement.likeness), unseen: origins.unseen, output: search.output)
    }
}

extension LeakOrigins {
    /// For each compared column of a source, the place of its feature.
    func places(in columns: FrameColumns) -> [Int] {
        found.filter { $0.feature.table.isSame(as: columns.table.name) }.compactMap { origin in
            columns.features.firstIndex { $0.feature.isSame(as: origin.feature.feature) }
        }
    }
}
