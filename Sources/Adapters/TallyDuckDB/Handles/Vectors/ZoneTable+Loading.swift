// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ZoneTable {
    private static let second: Int64 = 1_000_000
    private static let day: Int64 = 86_400
    /// 1800-01-01, before any zone's first change.
    private static let start: Int64 = -5_364_662_400
    /// 2038-01-01: from here on zones follow rules, and their changes lie months apart.
    private static let ruled: Int64 = 2_145_916_800
    /// 400 years and one later, so that a whole cycle of the rules is known.
    private static let end: Int64 = ruled + 146_097 * 86_400 + 366 * 86_400

    /// Asks ICU for the offsets of a zone, day by day, and narrows each change down to its second.
    init(zone: String, _ connection: Connection) throws(DuckFailure) {
        let zone = zone.asLiteral
        var samples: [(instant: Int64, offset: Int64)] = []
        for (from, to, step) in [(Self.start, Self.ruled, Self.day), (Self.ruled, Self.end, 8 * Self.day)] {
            samples += try Self.offsets(zone, "SELECT r AS s FROM range(\(from), \(to), \(step)) t(r)", connection)
        }
        var edges: [(low: (instant: Int64, offset: Int64), high: (instant: Int64, offset: Int64))] = []
        for (low, high) in zip(samples, samples.dropFirst()) where low.offset != high.offset {
            edges.append((low, high))
        }
        while edges.contains(where: { $0.high.instant - $0.low.instant > 1 }) {
            let middles = edges.map { "\(($0.low.instant + $0.high.instant).flooredDivision(by: 2).quotient)" as SQL }
            let found = try Self.offsets(
                zone, "SELECT unnest([\(middles.joined(separator: ", "))]::BIGINT[]) AS s", connection)
            for (index, middle) in found.enumerated() where edges[index].high.instant - edges[index].low.instant > 1 {
                // An offset between the two, as of two changes within a day, moves to the side that keeps one change.
                if middle.offset == edges[index].low.offset {
                    edges[index].low = middle
                } else {
                    edges[index].high = middle
                }
            }
        }
        let changes = edges.map { edge in
            Change(
                instant: edge.high.instant * Self.second, before: edge.low.offset * Self.second,
                after: edge.high.offset * Self.second)
        }
        self.init(
            firstOffset: (samples.first?.offset ?? 0) * Self.second, changes: changes,
            horizon: (Self.end - 30 * Self.day) * Self.second)
    }

    /// Whether ICU knows the zone.
    static func exists(_ zone: String, _ connection: Connection) throws(DuckFailure) -> Bool {
        try connection.integer("SELECT count(*) FROM pg_timezone_names() WHERE name = \(zone.asLiteral)") != 0
    }

    /// Wall minus UTC in seconds at each instant of the column `s` of a query, in its order.
    private static func offsets(
        _ zone: SQL, _ instants: SQL, _ connection: Connection
    ) throws(DuckFailure) -> [(instant: Int64, offset: Int64)] {
        let stream = try connection.stream(
            "SELECT s::BIGINT, (epoch_us(timezone(\(zone), make_timestamptz(s * 1000000))) // 1000000 - s)::BIGINT "
                + "FROM (\(instants))")
        var offsets: [(Int64, Int64)] = []
        while let chunk = try stream.next() {
            let vectors = try chunk.vectors(as: [.int64, .int64])
            let instants = unsafe vectors[0].values(as: Int64.self)
            let found = unsafe vectors[1].values(as: Int64.self)
            for row in 0..<chunk.count { unsafe offsets.append((instants[row], found[row])) }
            withExtendedLifetime(chunk) {}
        }
        return offsets
    }
}
