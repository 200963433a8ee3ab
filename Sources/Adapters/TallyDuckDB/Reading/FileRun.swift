// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyReading

/// Runs with nanoseconds in UTC are read by copies, where some of their times are finer than microseconds.
extension DuckDBEngine {
    /// Files that are copied at once have no more bytes than this, or are one file.
    private static var mostBytes: Int64 { 1 << 30 }
    /// Nor are there more of them, as each copy is an open file.
    private static var mostFiles: Int { 100 }

    /// A run cut into as many files as may be copied at once; the run itself where nothing is copied.
    func pieces(of run: TableRun, wanted: [(name: String, type: DataType?)]) -> [TableRun] {
        guard !Self.exactColumns(wanted, of: run).isEmpty else { return [run] }
        var pieces: [[String]] = []
        var bytes: Int64 = 0
        for file in run.files {
            let size = (try? OpenFile.reading(absolute(file)).stamp().size) ?? 0
            if let last = pieces.last, size <= Self.mostBytes - bytes, last.count < Self.mostFiles {
                pieces[pieces.count - 1].append(file)
                bytes += size
            } else {
                pieces.append([file])
                bytes = size
            }
        }
        return pieces.map { files in
            TableRun(
                files: files, columns: run.columns, text: nil,
                table: FileReader.table(files.map(absolute), run.columns),
                formats: run.formats)
        }
    }

    /// Makes a piece readable: by copies where some of its times are finer than microseconds.
    func open(
        _ run: TableRun, wanted: [(name: String, type: DataType?)], _ connection: Connection
    ) throws(DuckFailure) -> TableRun {
        let exact = Self.exactColumns(wanted, of: run)
        guard !exact.isEmpty else { return run }
        let names = Set(wanted.map(\.name))
        var copies: [NanosecondCopy] = []
        for file in run.files { copies.append(try copy(file) { exact.contains($0) }) }
        let columns = run.columns.map { column in
            // A set of names takes two that look the same for one; only this column's own kind says what it holds.
            guard column.isExact, exact.contains(column.name) else { return column }
            // A list of times has brackets behind the type.
            let lists = column.nativeType.dropFirst("TIMESTAMP WITH TIME ZONE".count)
            return TableRun.Column(
                name: column.name, engineName: column.engineName, nativeType: NativeType.zonedNanoseconds + lists,
                isExact: true)
        }
        // Text is asked for to have all digits, also those that are zeros.
        if !wanted.contains(where: { $0.type == .string && exact.contains($0.name) }) {
            let times = columns.filter { exact.contains($0.name) }
            guard try Self.hasNanoseconds(copies, times, of: columns, connection) else { return run }
        }
        for copy in copies {
            try Self.copying { () throws(OpenFile.Failure) in
                try copy.fill { names.contains($0) && !exact.contains($0) }
            }
        }
        return TableRun(
            files: run.files, columns: columns, text: nil, table: FileReader.table(copies.map(\.path), columns),
            copies: copies, formats: run.formats)
    }

    /// A copy with those of a file's nanoseconds that are wanted.
    private func copy(_ path: String, _ isWanted: (String) -> Bool) throws(DuckFailure) -> NanosecondCopy {
        let folder = settings.temporaryDirectory ?? ScratchFolder.path
        let copy = try Self.copying { () throws(OpenFile.Failure) in
            try NanosecondCopy(of: absolute(path), in: folder)
        }
        guard let copy else { throw DuckFailure(text: "IO Error: the footer of \(path) cannot be read") }
        try Self.copying { () throws(OpenFile.Failure) in try copy.fill(isWanted) }
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

    /// Columns that will be read as times, or as their text, and are nanoseconds in UTC.
    private static func exactColumns(_ wanted: [(name: String, type: DataType?)], of run: TableRun) -> Set<String> {
        let exact = run.columns.filter {
            $0.isExact && $0.hasValues && NativeType(name: $0.nativeType).leaf.name == "TIMESTAMP WITH TIME ZONE"
        }
        let times = wanted.filter { $0.type?.leaf == .timestamp || $0.type == .string }.map(\.name)
        return Set(times).intersection(exact.map(\.name))
    }

    /// Whether some time is no whole microsecond; lists are not looked into, and may have such times.
    private static func hasNanoseconds(
        _ copies: [NanosecondCopy], _ columns: [TableRun.Column], of all: [TableRun.Column], _ connection: Connection
    ) throws(DuckFailure) -> Bool {
        guard columns.allSatisfy({ $0.nativeType == NativeType.zonedNanoseconds }) else { return true }
        let tests = columns.map { "epoch_ns(\($0.engineName.asIdentifier)) % 1000 <> 0" as SQL }.joined(
            separator: " OR ")
        let table = FileReader.table(copies.map(\.path), all)
        return try !connection.texts("SELECT '' FROM \(table) WHERE \(tests) LIMIT 1").isEmpty
    }
}

extension TableRun {
    /// Whether a column may hold times finer than microseconds.
    func mayHoldNanoseconds(_ name: String) -> Bool {
        if let text { return text.mayHoldNanoseconds(name) }
        guard let column = column(name) else { return false }
        let native = NativeType(name: column.nativeType)
        return column.isExact || native.leaf.timeUnit?.scale == .nanoseconds
            || formats?.pattern(of: name, native)?.mayHoldNanoseconds == true
    }
}
