// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The schemas of some Parquet files, from one look at all their footers.
///
/// Decimals of more than 38 digits are DOUBLE to DuckDB, with other values than the file's: what is not a double in the
/// file is none here, whatever DuckDB says.
struct ParquetSchemas {
    /// One column of a file, in the file's order.
    struct Element: Hashable {
        /// The name that the file gives.
        let name: String
        /// The name that DuckDB makes of it: names that it takes for the same get a number.
        let engineName: String
        /// DuckDB's type; nil for one with parts, which only DuckDB can say.
        let type: String?
        /// Whether its values, or those of its parts, are nanoseconds and instants, which DuckDB cuts.
        let isExact: Bool
        /// The type of numbers in it that DuckDB reads as other numbers; nil where there are none.
        let misread: String?
        /// The same of each of its innermost parts, in order.
        let misreadLeaves: [String?]
        /// All that two files have to agree about to be read as one.
        let spelling: String
    }

    /// The type of an element that DuckDB reads as other numbers, in SQL over `parquet_schema`; null for all others.
    static let misread: SQL =
        "CASE WHEN duckdb_type = 'DOUBLE' AND type <> 'DOUBLE' THEN coalesce('DECIMAL(' || coalesce(precision::VARCHAR, "
        + "nullif(regexp_extract(logical_type, 'precision=([0-9]+)', 1), '')) || ',' || coalesce(scale::VARCHAR, '0') "
        + "|| ')', \(NativeType.wideDecimal.asLiteral)) END"

    private let elements: ByName<[Element]>
    private let rows: ByName<Int64>

    /// Reads the footers of files by absolute path.
    init(_ files: [String], _ connection: Connection) throws(DuckFailure) {
        let list = FileReader.list(files)
        let found = try connection.texts(
            """
            SELECT file_name, name, duckdb_type, num_children::VARCHAR, \
            concat_ws('|', name, type, duckdb_type, num_children, repetition_type, \
            logical_type LIKE '%isAdjustedToUTC=1%NANOS=NanoSeconds%'), \
            coalesce(logical_type LIKE '%isAdjustedToUTC=1%NANOS=NanoSeconds%', false)::VARCHAR, \
            \(Self.misread) \
            FROM parquet_schema(\(list)) WHERE column_id > 0 ORDER BY file_name, column_id
            """)
        var byFile: [[UInt8]: [[String?]]] = [:]
        for row in found { byFile[Array((row[0] ?? "").utf8), default: []].append(row) }
        elements = ByName(files.map { [byFile] in ($0, Self.columns(byFile[Array($0.utf8)] ?? [])) })
        var rows: ByName<Int64> = ByName([])
        let counted = try connection.texts(
            "SELECT file_name, num_rows::VARCHAR, num_row_groups::VARCHAR FROM parquet_file_metadata(\(list))")
        for row in counted {
            let file = row[0] ?? ""
            rows[file] = row[1].flatMap { Int64($0) }
            // A file that says to have no rows is read by nobody: its row groups have to say the same.
            guard rows[file] == 0, row[2] != "0" else { continue }
            rows[file] = try connection.integer("SELECT count(*) FROM \(FileReader.parquet([file]))")
        }
        self.rows = rows
    }

    /// The columns of one file, from its flattened schema: the parts of a column belong to it.
    private static func columns(_ rows: [[String?]]) -> [Element] {
        var columns: [Element] = []
        var names = EngineNames()
        var index = 0
        while index < rows.count {
            let start = index
            var open = 1
            while open > 0, index < rows.count {
                open += (rows[index][3].flatMap { Int($0) } ?? 0) - 1
                index += 1
            }
            let name = rows[start][1] ?? ""
            // SQL has no identifier without a character: see `TableRun`.
            let misread = rows[start..<index].compactMap { $0[6] }.first
            let engineName = names.take(name.isEmpty ? "unnamed" : name)
            columns.append(
                Element(
                    name: name, engineName: engineName, type: rows[start][3] == nil ? misread ?? rows[start][2] : nil,
                    isExact: rows[start..<index].contains { $0[5] == "true" }, misread: misread,
                    misreadLeaves: rows[start..<index].filter { $0[3] == nil || $0[3] == "0" }.map { $0[6] },
                    spelling: rows[start..<index].map { $0[4] ?? "" }.joined(separator: "\u{1}")))
        }
        return columns
    }

    /// The columns of a file.
    func columns(of file: String) -> [Element] { elements[file] ?? [] }

    /// Whether a file has no rows.
    func isEmpty(_ file: String) -> Bool { rows[file] == 0 }

    /// What files must share to be read as one table.
    func spelling(of file: String) -> String { columns(of: file).map(\.spelling).joined(separator: "\u{2}") }

    /// A name that stands twice in a file, with its places from 1; nil where each stands once.
    func repeatedName(in file: String) -> (name: String, first: Int, second: Int)? {
        var seen: [[UInt8]: Int] = [:]
        for (index, column) in columns(of: file).enumerated() {
            if let before = seen.updateValue(index, forKey: Array(column.name.utf8)) {
                return (column.name, before + 1, index + 1)
            }
        }
        return nil
    }
}
