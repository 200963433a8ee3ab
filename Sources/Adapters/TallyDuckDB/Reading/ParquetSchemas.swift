// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The schemas of some Parquet files, from one look at all their footers.
struct ParquetSchemas {
    /// One element of a schema, in the order of the file.
    private struct Element {
        let name: String
        let type: String?
        let hasChildren: Bool
        /// All that two files have to agree about.
        let spelling: String
    }

    private let elements: [String: [Element]]

    /// Reads the footers of files by absolute path.
    init(_ files: [String], _ connection: Connection) throws(DuckFailure) {
        let rows = try connection.texts(
            """
            SELECT file_name, name, duckdb_type, num_children::VARCHAR, \
            concat_ws('|', name, type, duckdb_type, num_children) \
            FROM parquet_schema(\(FileReader.list(files))) WHERE column_id > 0 ORDER BY file_name, column_id
            """)
        var elements: [String: [Element]] = [:]
        for row in rows {
            elements[row[0] ?? "", default: []].append(
                Element(name: row[1] ?? "", type: row[2], hasChildren: row[3] != nil, spelling: row[4] ?? ""))
        }
        self.elements = elements
    }

    /// The first file of each spelling of the schema, whatever the order of the columns.
    func oneOfEachKind(_ files: [String]) -> [String] {
        var first: [[String]: String] = [:]
        var kinds: [String] = []
        for file in files {
            let spelling = elements[file]?.map(\.spelling).sorted() ?? [file]
            if first.updateValue(file, forKey: spelling) == nil { kinds.append(file) }
        }
        return kinds
    }

    /// The columns of a file; nil where DuckDB has to say what it makes of them: nested ones, and names that occur twice.
    func columns(ofFile file: String) -> [TableDescription.Column]? {
        guard let own = elements[file], !own.contains(where: \.hasChildren),
            Set(own.map { $0.name.lowercased() }).count == own.count
        else { return nil }
        var columns: [TableDescription.Column] = []
        for element in own {
            guard let type = element.type else { return nil }
            let native = NativeType(name: type)
            columns.append(
                TableDescription.Column(
                    name: element.name, type: native.dataType, nativeType: type, carrier: native.carriedType))
        }
        return columns
    }
}
