// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The schemas of some Parquet files, from one look at all their footers.
struct ParquetSchemas {
    /// One element of a schema, in the order of the file.
    private struct Element {
        let name: String
        let type: String?
        let children: Int
        /// Whether its values are nanoseconds and instants.
        let isExact: Bool
        /// All that two files have to agree about.
        let spelling: String
    }

    private let elements: [String: [Element]]

    /// Reads the footers of files by absolute path.
    init(_ files: [String], _ connection: Connection) throws(DuckFailure) {
        let rows = try connection.texts(
            """
            SELECT file_name, name, duckdb_type, coalesce(num_children, 0)::VARCHAR, \
            (logical_type LIKE '%isAdjustedToUTC=1%NANOS=NanoSeconds%')::VARCHAR, \
            concat_ws('|', name, type, duckdb_type, num_children) \
            FROM parquet_schema(\(FileReader.list(files))) WHERE column_id > 0 ORDER BY file_name, column_id
            """)
        var elements: [String: [Element]] = [:]
        for row in rows {
            elements[row[0] ?? "", default: []].append(
                Element(
                    name: row[1] ?? "", type: row[2], children: row[3].flatMap { Int($0) } ?? 0,
                    isExact: row[4] == "true", spelling: row[5] ?? ""))
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
        guard let own = elements[file], !own.contains(where: { $0.children > 0 }),
            Set(own.map { $0.name.lowercased() }).count == own.count
        else { return nil }
        var columns: [TableDescription.Column] = []
        for element in own {
            guard let type = element.type else { return nil }
            let native = NativeType(name: type)
            columns.append(
                TableDescription.Column(
                    name: element.name, type: native.dataType, nativeType: type, carrier: native.carriedType,
                    exactType: element.isExact ? NativeType.zonedNanoseconds : nil))
        }
        return columns
    }
    /// The same columns, with the exact type of those of a file whose nanoseconds DuckDB cuts; lists are left as they are.
    func marking(_ columns: [TableDescription.Column], ofFile file: String) -> [TableDescription.Column] {
        var exact = Set<String>()
        // The schema is a tree, parents first: what lies below an element comes behind it.
        var below = 0
        for element in elements[file] ?? [] {
            if below == 0, element.isExact { exact.insert(element.name) }
            below = max(0, below - 1) + element.children
        }
        return columns.map { column in
            guard exact.contains(column.name) else { return column }
            return TableDescription.Column(
                name: column.name, type: column.type, nativeType: column.nativeType, carrier: column.carrier,
                isText: column.isText, exactType: NativeType.zonedNanoseconds)
        }
    }
}
