// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// How values are looked for in another table, in SQL.
struct ReferenceSQL {
    /// The columns of the table that refers.
    let tests: RowTestSQL
    /// The columns of the table that is referred to.
    let others: RowTestSQL

    /// The query that counts the rows whose values the other table lacks.
    ///
    /// `E-invalid-data` for a column that is not there, and for two whose values are not compared exactly.
    func orphans(
        _ names: [String], of table: SQL, in otherNames: [String], of other: SQL
    ) throws(TallyError) -> SQL {
        var present: [SQL] = []
        var equal: [SQL] = []
        for (name, otherName) in zip(names, otherNames) {
            let mine = try Self.native(name, tests)
            let theirs = try Self.native(otherName, others)
            let (left, right): (SQL, SQL) = ("a.\(tests.identifier(name))", "b.\(others.identifier(otherName))")
            present.append("NOT (\(tests.isNull(left, mine)))")
            if Self.isText(mine), Self.isText(theirs) {
                equal.append("\(left)::VARCHAR = \(right)::VARCHAR")
            } else if isComparable(mine, theirs) {
                equal.append("\(left) = \(right)")
            } else {
                throw TallyError(
                    .invalidData, "'\(name)' is \(mine) and '\(otherName)' is \(theirs), which are not compared")
            }
        }
        return """
            SELECT count(*)::VARCHAR FROM \(table) AS a ANTI JOIN \(other) AS b \
            ON \(equal.joined(separator: " AND ")) WHERE \(present.joined(separator: " AND "))
            """
    }

    private static func native(_ name: String, _ tests: RowTestSQL) throws(TallyError) -> String {
        guard let column = tests.columns[name] else {
            throw TallyError(.invalidData, "there is no column '\(name)'")
        }
        return column.nativeType
    }

    private static func isText(_ native: String) -> Bool {
        native == "VARCHAR" || native == "UUID" || native.hasPrefix("ENUM(")
    }

    /// Whether DuckDB compares two types without rounding.
    private func isComparable(_ mine: String, _ theirs: String) -> Bool {
        if RowTestSQL.isTime(mine), RowTestSQL.isTime(theirs) {
            return mine == theirs && tests.isInstant(mine) && others.isInstant(theirs)
        }
        if mine == theirs { return true }
        let isInteger = [mine, theirs].map { RowTestSQL.isInteger($0) || $0 == "UBIGINT" }
        let isDecimal = [mine, theirs].map { $0.hasPrefix("DECIMAL(") }
        if zip(isInteger, isDecimal).allSatisfy({ $0 || $1 }) { return true }
        if zip([mine, theirs], isInteger).allSatisfy({ $1 || $0 == "HUGEINT" }) { return true }
        return RowTestSQL.isFloat(mine) && RowTestSQL.isFloat(theirs)
    }
}
