// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The statements that look for values of the future in a training set, over two files of ours: the set with its lawful
/// values beside its own, and the rows of a source with the instants at which they are known.
///
/// A cell that is not the lawful one is looked up among the rows of its key by its value: the next row that is known after
/// the row's time, and the first row at all. Both are one pass (a join by order, and one by equality), whatever the sizes.
struct LeakSQL {
    let table: LeakRequest.Table
    /// The names of the tables in the engine's memory.
    let number: Int

    /// The training set's rows with keys, time, and each column beside its lawful value.
    private var asked: SQL { "asked\(number)" }
    /// The source's rows.
    private var known: SQL { "known\(number)" }
    private var keys: [SQL] { table.keys.indices.map { "key\($0)" } }
    private var keyList: SQL { keys.joined(separator: ", ") }
    private func sameKeys(_ left: SQL, _ right: SQL) -> SQL {
        keys.map { "\(left).\($0) = \(right).\($0)" as SQL }.joined(separator: " AND ")
    }
    private var hasKeys: SQL { keys.map { "\($0) IS NOT NULL" as SQL }.joined(separator: " AND ") }

    /// Reads both files into memory of the engine, each once.
    func load(_ request: LeakRequest) -> [SQL] {
        let time = "CAST(CAST(\(request.time.asIdentifier) AS TIMESTAMP) AS TIMESTAMP WITH TIME ZONE)" as SQL
        var columns = ["row_number() OVER () - 1 AS place" as SQL, "\(time) AS moment" as SQL]
        for (index, key) in table.keys.enumerated() {
            columns.append("CAST(\(key.name.asIdentifier) AS \(key.type.sqlType)) AS key\(index)")
        }
        var values = keys + ["e", "k"]
        for (index, column) in table.columns.enumerated() {
            let form = column.form.sqlType
            let cast: SQL = column.isText ? "TRY_CAST" : "CAST"
            columns.append("\(cast)(\(column.name.asIdentifier) AS \(form)) AS v\(index)")
            columns.append("CAST(\(column.lawful.asIdentifier) AS \(form)) AS u\(index)")
            values.append("CAST(v\(index) AS \(form)) AS v\(index)")
        }
        let (set, rows) = (
            FileReader.parquet([request.joined]), FileReader.parquet([table.rows])
        )
        return [
            """
            CREATE TEMP TABLE \(asked) AS SELECT * FROM (SELECT \(columns.joined(separator: ", ")) FROM \(set)) \
            WHERE moment IS NOT NULL AND \(hasKeys)
            """,
            """
            CREATE TEMP TABLE \(known) AS SELECT \(values.joined(separator: ", ")) FROM \(rows) \
            WHERE k IS NOT NULL AND \(hasKeys)
            """,
        ]
    }

    /// How many rows can be compared, and how many have a key that the source does not.
    var rows: SQL {
        """
        SELECT CAST(count(*) AS VARCHAR), CAST(count(*) FILTER (seen IS NULL) AS VARCHAR) FROM \(asked) \
        LEFT JOIN (SELECT DISTINCT \(keyList), true AS seen FROM \(known)) AS there USING (\(keyList))
        """
    }

    /// The cells of a column that are not the lawful ones, each with what explains it.
    func classify(_ index: Int) -> SQL {
        let (found, lawful) = ("v\(index)" as SQL, "u\(index)" as SQL)
        let rows = "SELECT \(keyList), e, k, \(found) AS v FROM \(known) WHERE \(found) IS NOT NULL" as SQL
        return """
            CREATE OR REPLACE TEMP TABLE cells AS \
            WITH differing AS (SELECT place, moment, \(keyList), \(found) AS v, \(lawful) AS u FROM \(asked) \
            WHERE \(found) IS NOT NULL AND \(found) IS DISTINCT FROM \(lawful)), \
            later AS (SELECT differing.*, there.k, there.e FROM differing ASOF LEFT JOIN (\(rows)) AS there \
            ON \(sameKeys("differing", "there")) AND differing.v = there.v AND differing.moment < there.k), \
            oldest AS (SELECT \(keyList), v, min(k) AS first_known FROM (\(rows)) GROUP BY \(keyList), v) \
            SELECT later.*, CASE \
            WHEN k IS NOT NULL AND (first_known IS NULL OR first_known > moment) THEN 'future' \
            WHEN k IS NOT NULL THEN 'both' WHEN first_known <= moment THEN 'past' ELSE 'unexplained' END AS kind, \
            epoch_us(k) - epoch_us(moment) AS ahead, epoch_us(e) > epoch_us(moment) AS unborn \
            FROM later LEFT JOIN oldest USING (\(keyList), v)
            """
    }

    /// Kind, number, and for the future how far ahead and how many had not happened.
    var kinds: SQL {
        """
        SELECT kind, CAST(count(*) AS VARCHAR), CAST(min(ahead) AS VARCHAR), CAST(quantile_disc(ahead, 0.5) AS VARCHAR), \
        CAST(max(ahead) AS VARCHAR), CAST(count(*) FILTER (unborn) AS VARCHAR) FROM cells GROUP BY kind
        """
    }

    /// Cells that are lawful, cells that lack a value, and rows that a value of the future could have stood in.
    func counts(_ index: Int) -> SQL {
        let (found, lawful) = ("v\(index)" as SQL, "u\(index)" as SQL)
        let order = "OVER (PARTITION BY \(keyList) ORDER BY k" as SQL
        return """
            WITH steps AS (SELECT \(keyList), k, \(found) AS v, \
            CAST(\(found) IS DISTINCT FROM lead(\(found), 1, \(found)) \(order)) AS INTEGER) AS turn FROM \(known)), \
            ahead AS (SELECT \(keyList), k, v, \
            max(turn) \(order) ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS turns FROM steps) \
            SELECT CAST(count(*) FILTER (\(found) IS NOT DISTINCT FROM \(lawful)) AS VARCHAR), \
            CAST(count(*) FILTER (\(found) IS NULL AND \(lawful) IS NOT NULL) AS VARCHAR), \
            CAST(count(*) FILTER (ahead.k IS NOT NULL AND (turns > 0 OR ahead.v IS DISTINCT FROM \(lawful))) AS VARCHAR) \
            FROM \(asked) ASOF LEFT JOIN ahead ON \(sameKeys(asked, "ahead")) AND \(asked).moment < ahead.k
            """
    }

    /// The first cells that know the future, in the order of the rows.
    func examples(_ count: Int) -> SQL {
        let texts = keys.map { "CAST(\($0) AS VARCHAR)" as SQL }.joined(separator: ", ")
        return """
            SELECT CAST(place AS VARCHAR), CAST(epoch_us(moment) AS VARCHAR), CAST(v AS VARCHAR), CAST(u AS VARCHAR), \
            CAST(epoch_us(k) AS VARCHAR), CAST(epoch_us(e) AS VARCHAR), \(texts) FROM cells WHERE kind = 'future' \
            ORDER BY place LIMIT \(count)
            """
    }

    /// For columns beside a label: rows with both, equal ones, and about how many values each has.
    static func label(_ label: String, _ columns: [String], of path: String) -> SQL {
        let it = label.asIdentifier
        let numbers = columns.map { name in
            let column = name.asIdentifier
            let both = "FILTER (\(column) IS NOT NULL AND \(it) IS NOT NULL)" as SQL
            return """
                CAST(count(*) \(both) AS VARCHAR), \
                CAST(count(*) FILTER (CAST(\(column) AS VARCHAR) = CAST(\(it) AS VARCHAR) \
                OR TRY_CAST(\(column) AS DOUBLE) = TRY_CAST(\(it) AS DOUBLE)) AS VARCHAR), \
                CAST(greatest(approx_count_distinct(\(column)), approx_count_distinct(\(it))) AS VARCHAR)
                """ as SQL
        }
        return "SELECT \(numbers.joined(separator: ", ")) FROM \(FileReader.parquet([path]))"
    }

    /// For columns of few values beside a label: how many values and pairs there are.
    static func pairs(_ label: String, _ columns: [String], of path: String) -> SQL {
        let it = label.asIdentifier
        let numbers = columns.map { name in
            let column = name.asIdentifier
            let both = "FILTER (\(column) IS NOT NULL AND \(it) IS NOT NULL)" as SQL
            return """
                CAST(count(DISTINCT \(column)) \(both) AS VARCHAR), CAST(count(DISTINCT \(it)) \(both) AS VARCHAR), \
                CAST(count(DISTINCT (\(column), \(it))) \(both) AS VARCHAR)
                """ as SQL
        }
        return "SELECT \(numbers.joined(separator: ", ")) FROM \(FileReader.parquet([path]))"
    }

    /// More values than this are not counted one by one: what stands for a label has few.
    static let mostValues = 10_000
}
