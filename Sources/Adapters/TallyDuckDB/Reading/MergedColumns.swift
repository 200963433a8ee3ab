// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The columns of several runs as one table: by name, each with the type that holds the values of all runs.
struct MergedColumns {
    /// One column of the table.
    struct Column {
        let name: String
        /// DuckDB's type; nil where no type holds the values of all runs.
        let nativeType: String?
        /// What the files disagree about, with the names of two.
        let conflict: String?
        /// Whether no run has a value of it.
        let isValueless: Bool
        /// Whether some run has nanoseconds in UTC, which DuckDB cuts.
        let isExact: Bool
        /// A file with values of the type, where not all files have them.
        var file: String?
    }

    private(set) var columns: [Column] = []
    private let runs: [TableRun]

    /// Merges the runs of some files, of which those without rows may be in no run.
    init(_ runs: [TableRun], of fileCount: Int) {
        self.runs = runs
        var order: [String] = []
        var found: [[UInt8]: [Occurrence]] = [:]
        for run in runs {
            for column in run.columns {
                let key = Array(column.name.utf8)
                if found[key] == nil { order.append(column.name) }
                found[key, default: []].append(Occurrence(run, column))
            }
        }
        columns = order.map { Self.merged($0, found[Array($0.utf8)] ?? [], of: fileCount) }
    }

    /// A column as one run has it.
    private struct Occurrence {
        let native: String
        let isExact: Bool
        let file: String?
        let fileCount: Int

        init(_ run: TableRun, _ column: TableRun.Column) {
            (native, isExact) = (column.nativeType, column.isExact)
            (file, fileCount) = (run.files.first, run.files.count)
        }
    }

    private static func merged(_ name: String, _ found: [Occurrence], of fileCount: Int) -> Column {
        var type: String?
        var first: Occurrence?
        for one in found where one.native != TableRun.Column.valueless {
            guard let known = type, let before = first else {
                (type, first) = (one.native, one)
                continue
            }
            guard let common = common(known, one.native) else {
                let conflict =
                    "\(before.native) in \(before.file ?? "") and \(one.native) in \(one.file ?? "")"
                return Column(name: name, nativeType: nil, conflict: conflict, isValueless: false, isExact: false)
            }
            type = common
        }
        if type == "DOUBLE", holdsInFloat(found.map(\.native)) { type = "FLOAT" }
        let typed = found.filter { $0.native == type }
        return Column(
            name: name, nativeType: type ?? TableRun.Column.valueless, conflict: nil, isValueless: type == nil,
            isExact: found.contains(where: \.isExact),
            file: typed.reduce(0) { $0 + $1.fileCount } < fileCount ? typed.first?.file : nil)
    }

    /// Whether float32 holds every value of several types: whole numbers of 16 bits stand beside it, whatever comes first.
    private static func holdsInFloat(_ natives: [String]) -> Bool {
        natives.allSatisfy { $0 == TableRun.Column.valueless || NativeType(name: $0).widens(to: .float32) }
    }

    /// The type that holds every value of both, a whole number in a float being looked at when it is read.
    private static func common(_ left: String, _ right: String) -> String? {
        if left == right { return left }
        let (mine, theirs) = (NativeType(name: left), NativeType(name: right))
        guard let first = mine.dataType, let second = theirs.dataType else { return nil }
        if first == .timestamp, second == .timestamp { return "TIMESTAMP WITH TIME ZONE" }
        if first == second { return first.duckName }
        if mine.widens(to: second) { return second.duckName }
        if theirs.widens(to: first) { return first.duckName }
        switch (first, second) {
        case (.int64, .float64), (.float64, .int64), (.int64, .float32), (.float32, .int64), (.int32, .float32),
            (.float32, .int32):
            return "DOUBLE"
        default: return nil
        }
    }

    /// All runs as one table in SQL, with identifiers for those columns whose values need no conversion of ours.
    func table() throws(TallyError) -> Table {
        if runs.count == 1, let run = runs.first {
            let known = run.columns.map { ($0.name, Self.finite($0)) }
            return Table(
                sql: run.table, named: known, names: columns.filter { $0.nativeType != nil && !$0.isValueless },
                isPlain: !run.columns.contains(where: \.isExact))
        }
        let usable = columns.filter { column in
            guard let native = column.nativeType, !column.isValueless else { return false }
            // Times of two kinds are brought together by our own reading only.
            return runs.allSatisfy { run in
                guard let own = run.column(column.name), own.hasValues else { return true }
                return own.nativeType == native || NativeType(name: own.nativeType).timeUnit == nil
            }
        }
        var selects: [SQL] = []
        for run in runs {
            let planner = ColumnPlanner(run: run, zone: nil, subject: run.files.first)
            var list: [SQL] = []
            for (index, column) in usable.enumerated() {
                guard let native = column.nativeType else { continue }
                let own = run.column(column.name)
                let text: SQL
                if let own, own.hasValues, own.nativeType != native, let type = NativeType(name: native).dataType {
                    text = try planner.plan(column.name, as: type).expression
                } else if let own, own.hasValues {
                    text = Self.finite(own)
                } else {
                    text = "CAST(NULL AS \(SQL(type: native)))"
                }
                list.append("\(text) AS k\(index)")
            }
            selects.append("SELECT \((list + ["1 AS k"]).joined(separator: ", ")) FROM \(run.table)")
        }
        let identifiers = usable.enumerated().map { ($1.name, "k\($0)" as SQL) }
        return Table(
            sql: "(\(selects.joined(separator: " UNION ALL ")))", named: identifiers, names: usable, isPlain: false)
    }

    /// A column as SQL reads it: nanoseconds in UTC as the microseconds that they are, and never as infinite.
    private static func finite(_ column: TableRun.Column) -> SQL {
        let identifier = column.engineName.asIdentifier
        guard column.isExact, column.hasValues else { return identifier }
        return NanosecondText.finite(identifier, NativeType(name: column.nativeType)) ?? identifier
    }

    /// Runs as one table in SQL.
    struct Table {
        let sql: SQL
        /// The columns by name, each as SQL knows it.
        let named: [(String, SQL)]
        let names: [Column]
        /// Whether its columns are those of its files, as they are.
        let isPlain: Bool
        var identifiers: ByName<SQL> { ByName(named) }
    }
}
