// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension DuckDBEngine {
    /// Looks for values of the future in a training set: for each table and column what its cells are explained by.
    public func findLeaks(
        _ request: LeakRequest
    ) async throws(TallyError) -> LeakFindings {
        try await withSession(.ordered, "leaks") { (session) async throws(TallyError) in
            try await session.run { (_, connection) throws(TallyError) in
                do throws(DuckFailure) {
                    var found: [[LeakCounts]] = []
                    for (number, table) in request.tables.enumerated() {
                        found.append(
                            try connection.leaks(LeakSQL(table: table, number: number), request))
                    }
                    return LeakFindings(columns: found, label: try connection.likenesses(request))
                } catch {
                    throw error.wrapped("compare the training set with its sources", subject: nil)
                }
            }
        }
    }
}

extension Connection {
    fileprivate func leaks(_ sql: LeakSQL, _ request: LeakRequest) throws(DuckFailure) -> [LeakCounts] {
        for statement in sql.load(request) { try execute(statement) }
        let rows = try texts(sql.rows).first ?? []
        var found: [LeakCounts] = []
        for index in sql.table.columns.indices {
            var counts = LeakCounts()
            (counts.rows, counts.keyless) = (Self.number(rows, 0), Self.number(rows, 1))
            let cells = try texts(sql.counts(index)).first ?? []
            (counts.lawful, counts.missing) = (Self.number(cells, 0), Self.number(cells, 1))
            counts.telling = Self.number(cells, 2)
            try execute(sql.classify(index))
            for kind in try texts(sql.kinds) {
                let count = Self.number(kind, 1)
                switch kind[0] {
                case "future":
                    counts.future = count
                    counts.ahead = (
                        Int64(Self.number(kind, 2)), Int64(Self.number(kind, 3)), Int64(Self.number(kind, 4))
                    )
                    counts.notHappened = Self.number(kind, 5)
                case "both": counts.both = count
                case "past": counts.past = count
                case .some, .none: counts.unexplained = count
                }
            }
            if counts.future > 0 {
                counts.examples = try texts(sql.examples(request.samples)).map { row in
                    LeakCounts.Example(
                        row: Self.number(row, 0), time: Self.time(row, 1), found: row[2] ?? "", lawful: row[3],
                        known: Self.time(row, 4), event: Self.time(row, 5), keys: row.dropFirst(6).map { $0 ?? "" })
                }
            }
            found.append(counts)
        }
        return found
    }

    fileprivate func likenesses(_ request: LeakRequest) throws(DuckFailure) -> [LabelLikeness] {
        guard let label = request.label, !request.besidesLabel.isEmpty else { return [] }
        let columns = request.besidesLabel
        let row = try texts(LeakSQL.label(label, columns, of: request.joined)).first ?? []
        let few = columns.indices.filter { Self.number(row, 3 * $0 + 2) <= LeakSQL.mostValues }
        let pairs =
            few.isEmpty ? [] : try texts(LeakSQL.pairs(label, few.map { columns[$0] }, of: request.joined)).first ?? []
        return columns.enumerated().map { index, column in
            let place = few.firstIndex(of: index)
            func pair(_ number: Int) -> Int { place.map { Self.number(pairs, 3 * $0 + number) } ?? 0 }
            return LabelLikeness(
                column: column, rows: Self.number(row, 3 * index), equal: Self.number(row, 3 * index + 1),
                values: pair(0), labels: pair(1), pairs: pair(2))
        }
    }

    private static func number(_ row: [String?], _ place: Int) -> Int {
        row.indices.contains(place) ? row[place].flatMap { Int($0) } ?? 0 : 0
    }

    private static func time(_ row: [String?], _ place: Int) -> Timestamp {
        Timestamp(microseconds: Int64(number(row, place)))
    }
}
