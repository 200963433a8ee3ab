// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Columns that a query makes of names of folders, by `hive_partitioning = true`.
extension Connection {
    /// What is said of a folder and a column of the files in it that have one name: DuckDB takes the folder for both.
    func folderCollision(of query: UserQuery) throws(TallyError) -> TallyError? {
        guard query.calls.contains(where: \.saysPartitions) else { return nil }
        do throws(DuckFailure) {
            return try collision(of: query)
        } catch {
            throw Self.unseen(query.paths.first?.path ?? "", query, error)
        }
    }

    private func collision(of query: UserQuery) throws(DuckFailure) -> TallyError? {
        let tree = try tree(of: query.statement)
        for range in tree.tables {
            guard let node = try? JSON(parsing: tree.text(of: range)) else {
                throw DuckFailure(text: "Parser Error: a table that cannot be looked at")
            }
            guard let function = node["function"], FileCall.takesFolders(function) else { continue }
            var folders: [(name: String, file: String)] = []
            for file in Self.paths(node).flatMap(listing) {
                for name in QueriedPath.folderColumns(of: file)
                where !folders.contains(where: { $0.name.isSame(as: name.lowercasedASCII) }) {
                    folders.append((name.lowercasedASCII, file))
                }
            }
            guard !folders.isEmpty else { continue }
            let all = try select("", from: Self.withoutFolders(tree, range)).tree
            let columns = try texts("SELECT column_name FROM (DESCRIBE \(SQL(try WrittenStatement(all, self))))")
            for column in columns.compactMap({ $0[0] }) {
                guard let folder = folders.first(where: { $0.name.isSame(as: column.lowercasedASCII) }) else {
                    continue
                }
                let offset = function["query_location"]?.intValue.flatMap { Int(exactly: $0) }
                return TallyError(
                    .invalidDefinitions,
                    "reads \(query.words("\"\(folder.file)\"")), which has a column '\(column)' and lies in a folder "
                        + "'\(folder.name)=…', and with hive_partitioning duckdb reads the folder's name for both",
                    subject: nil,
                    help: "rename the folder or the column, or leave hive_partitioning out to read the file's column",
                    offset: offset.map(query.offset(ofStatement:)) ?? 0)
            }
        }
        return nil
    }

    /// A table of files without a name, a sample and columns made of folders' names, as a part of a tree.
    private static func withoutFolders(_ tree: StatementTree, _ range: Range<Int>) -> String {
        let members = plainMembers(tree, range).map { (name, text) in
            guard name.isSame(as: "function"), let place = tree.member(name, ofObjectAt: range.lowerBound) else {
                return "\"\(name)\":\(text)"
            }
            let parts = tree.members(ofObjectAt: place.lowerBound).map { part in
                guard part.name.isSame(as: "children") else { return "\"\(part.name)\":\(tree.text(of: part.value))" }
                let kept = tree.elements(ofArrayAt: part.value.lowerBound).map(tree.text(of:)).filter { argument in
                    let name = (try? JSON(parsing: argument)).flatMap(FileCall.name(ofArgument:))
                    return name?.begins(with: "hive_") != true
                }
                return "\"children\":[\((kept + [noFolders]).joined(separator: ","))]"
            }
            return "\"function\":{\(parts.joined(separator: ","))}"
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// `hive_partitioning = false` as a part of a tree.
    private static let noFolders = """
        {"class":"COMPARISON","type":"COMPARE_EQUAL","alias":"","query_location":0,"left":{"class":"COLUMN_REF",\
        "type":"COLUMN_REF","alias":"","query_location":0,"column_names":["hive_partitioning"]},"right":{"class":"CONSTANT",\
        "type":"VALUE_CONSTANT","alias":"","query_location":0,"value":{"type":{"id":"BOOLEAN","type_info":null},\
        "is_null":false,"value":false}}}
        """
}
