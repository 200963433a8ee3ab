// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Files that lie one behind the other and are read alike: as they are, or by copies that keep their nanoseconds.
struct FileRun {
    /// The files, as they were named; the same columns of all of them have such nanoseconds.
    fileprivate(set) var paths: [String]
    /// Whether they have nanoseconds in UTC in columns that are read as times.
    let hasZonedNanoseconds: Bool

    /// Files of a run that is copied have no more bytes than this, or the run is one file.
    static let mostBytes: Int64 = 1 << 30
    /// Nor are there more of them, as each copy is an open file.
    static let mostFiles = 100
}

/// Files that can be read, while this lives.
struct OpenedFiles {
    /// Absolute paths.
    let paths: [String]
    /// The common columns, as DuckDB has them.
    let columns: [TableDescription.Column]
    fileprivate let copies: [NanosecondCopy]
}

extension DuckDBEngine {
    /// Cuts files into runs, in their order.
    ///
    /// `columns` are those the files have and `wanted` those that will be read, with the types they will be read as.
    func runs(
        of files: [String], _ format: Source.FileFormat, _ columns: [TableDescription.Column],
        wanted: [(name: String, type: DataType?)], _ connection: Connection
    ) throws(DuckFailure) -> [FileRun] {
        let zoned = Self.zonedTimes(wanted, in: columns)
        guard !files.isEmpty else { return [] }
        guard format == .parquet, !zoned.isEmpty else {
            return [FileRun(paths: files, hasZonedNanoseconds: false)]
        }
        let rows = try connection.texts(
            """
            SELECT DISTINCT file_name, name FROM parquet_schema(\(FileReader.list(files.map(absolute))))
            WHERE logical_type LIKE '%isAdjustedToUTC=1%NANOS=NanoSeconds%'\(Self.condition(zoned, in: columns))
            """)
        var exact: [String: Set<String>] = [:]
        for row in rows { exact[row[0] ?? "", default: []].insert(row[1] ?? "") }
        var runs: [FileRun] = []
        var (last, bytes) = (Set<String>?.none, Int64(0))
        for path in files {
            let names = exact[absolute(path)] ?? []
            let size = names.isEmpty ? 0 : (try? OpenFile.reading(absolute(path)).status().size) ?? 0
            let fits = bytes + size <= FileRun.mostBytes && (runs.last?.paths.count ?? 0) < FileRun.mostFiles
            if names == last, names.isEmpty || fits {
                runs[runs.count - 1].paths.append(path)
                bytes += size
            } else {
                runs.append(FileRun(paths: [path], hasZonedNanoseconds: !names.isEmpty))
                (last, bytes) = (names, size)
            }
        }
        return runs
    }

    /// Makes a run readable: by copies where some of its times are finer than microseconds.
    func open(
        _ run: FileRun, _ columns: [TableDescription.Column], wanted: [(name: String, type: DataType?)],
        _ connection: Connection
    ) throws(DuckFailure) -> OpenedFiles {
        let asTheyAre = OpenedFiles(paths: run.paths.map(absolute), columns: columns, copies: [])
        guard run.hasZonedNanoseconds else { return asTheyAre }
        let zoned = Self.zonedTimes(wanted, in: columns)
        let names = Set(wanted.map(\.name))
        var copies: [NanosecondCopy] = []
        for path in run.paths { copies.append(try copy(path) { zoned.contains($0) }) }
        let found = try self.columns(columns, of: copies, connection)
        // Text is asked for to have all digits, also those that are zeros.
        let isExact = wanted.contains { $0.type == .string && zoned.contains($0.name) }
        if !isExact {
            let times = found.filter { zoned.contains($0.name) }.filter {
                NativeType(name: $0.nativeType).leaf.name == NativeType.zonedNanoseconds
            }
            guard try Self.hasNanoseconds(copies, times, connection) else { return asTheyAre }
        }
        for copy in copies {
            try Self.copying { () throws(OpenFile.Failure) in
                try copy.fill { names.contains($0) && !(zoned.contains($0) && copy.columns.contains($0)) }
            }
        }
        return OpenedFiles(paths: copies.map(\.path), columns: found, copies: copies)
    }

    /// What keeps elements of these names only; elements of lists have other names than their columns.
    private static func condition(_ names: Set<String>, in columns: [TableDescription.Column]) -> String {
        let own = columns.filter { names.contains($0.name) }
        guard own.allSatisfy({ $0.nativeType == "TIMESTAMP WITH TIME ZONE" }) else { return "" }
        return " AND name IN (\(own.map(\.name.asLiteral).joined(separator: ", ")))"
    }

    /// A copy with those of a file's nanoseconds that are wanted.
    private func copy(_ path: String, _ isWanted: (String) -> Bool) throws(DuckFailure) -> NanosecondCopy {
        let folder = SpillFolder.parent(settings.temporaryDirectory)
        let copy = try Self.copying { () throws(OpenFile.Failure) in try NanosecondCopy(of: absolute(path), in: folder)
        }
        guard let copy else { throw DuckFailure(text: "IO Error: the footer of \(path) cannot be read") }
        try Self.copying { () throws(OpenFile.Failure) in
            try copy.fill { isWanted($0) && copy.columns.contains($0) }
        }
        return copy
    }

    private static func copying<Output>(
        _ work: () throws(OpenFile.Failure) -> Output
    ) throws(DuckFailure) -> Output {
        do throws(OpenFile.Failure) {
            return try work()
        } catch {
            throw DuckFailure(text: "IO Error: times could not be copied: \(error.message)")
        }
    }

    /// Columns that will be read as times, or as their text, and may be nanoseconds in UTC, as DuckDB describes them.
    private static func zonedTimes(
        _ wanted: [(name: String, type: DataType?)], in columns: [TableDescription.Column]
    ) -> Set<String> {
        let zoned = columns.filter { NativeType(name: $0.nativeType).leaf.name == "TIMESTAMP WITH TIME ZONE" }
        let times = wanted.filter { $0.type?.leaf == .timestamp || $0.type == .string }.map(\.name)
        return Set(times).intersection(zoned.map(\.name))
    }

    /// The columns of some files with the types they have in the copies of them.
    private func columns(
        _ columns: [TableDescription.Column], of copies: [NanosecondCopy], _ connection: Connection
    ) throws(DuckFailure) -> [TableDescription.Column] {
        guard let first = copies.first else { return columns }
        let found = try self.columns(of: FileReader.sql([first.path], .parquet), connection)
        return columns.map { column in
            guard let own = found.first(where: { $0.name == column.name }), own.nativeType != column.nativeType,
                NativeType(name: own.nativeType).leaf.name == "TIMESTAMP_NS"
            else { return column }
            let lists = own.nativeType.dropFirst("TIMESTAMP_NS".count)
            return TableDescription.Column(
                name: column.name, type: column.type, nativeType: NativeType.zonedNanoseconds + lists,
                carrier: column.carrier)
        }
    }

    /// Whether some time is no whole microsecond; lists are not looked into, and may have such times.
    private static func hasNanoseconds(
        _ copies: [NanosecondCopy], _ columns: [TableDescription.Column], _ connection: Connection
    ) throws(DuckFailure) -> Bool {
        guard !columns.isEmpty else { return false }
        guard columns.allSatisfy({ $0.nativeType == NativeType.zonedNanoseconds }) else { return true }
        let tests = columns.map { "epoch_ns(\($0.name.asIdentifier)) % 1000 <> 0" }.joined(separator: " OR ")
        let table = FileReader.sql(copies.map(\.path), .parquet)
        return try !connection.texts("SELECT '' FROM \(table) WHERE \(tests) LIMIT 1").isEmpty
    }
}
