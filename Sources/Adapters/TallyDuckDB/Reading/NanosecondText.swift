// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Nanoseconds as texts and back, in SQL, for every number that 64 bits hold.
///
/// DuckDB prints its own nanoseconds for all but the ends: the greatest number and its negative are `infinity` to it, though
/// they are instants to whoever writes files (`pandas.Timestamp.max`), and it has no text for the first day, whose midnight
/// is before the first nanosecond. Texts of that day are those of the same time a day later, with the day put right.
enum NanosecondText {
    private static let (firstDay, dayAfter) = ("1677-09-21", "1677-09-22")
    private static let last = "2262-04-11 23:47:16.854775807"
    /// The time of the first day at which the number is that of `-infinity`.
    private static let first = "1677-09-21 00:12:43.145224193"
    private static let dayNanoseconds = 86_400_000_000_000
    /// The midnight after the first day.
    private static let startOfText = -9_223_286_400_000_000_000
    private static let type = "TIMESTAMP_NS" as SQL

    /// The text of a value of nanoseconds, or the list of texts of a list of them.
    ///
    /// DuckDB may run functions over values of a dictionary that no row has: each part takes any number.
    static func text(of value: SQL, _ native: NativeType, depth: Int = 0) -> SQL {
        if case .list(let element, _) = native {
            let own = "k\(depth)" as SQL
            return "list_transform(\(value), lambda \(own): \(text(of: own, element, depth: depth + 1)))"
        }
        let early: SQL = "least(epoch_ns(\(value)), \(startOfText - 1))"
        return "CASE WHEN epoch_ns(\(value)) < \(startOfText) "
            + "THEN \(firstDay.asLiteral) || substr(CAST(make_timestamp_ns(\(early) + \(dayNanoseconds)) AS VARCHAR), 11) "
            + "WHEN epoch_ns(\(value)) = \(Int64.max) THEN \(last.asLiteral) WHEN \(value) IS NOT NULL "
            + "THEN CAST(greatest(\(value), CAST(\(dayAfter.asLiteral) AS \(type))) AS VARCHAR) END"
    }

    /// The nanoseconds behind a text of `text`, or the list of them behind a list of texts.
    static func nanoseconds(of text: SQL, _ native: NativeType, depth: Int = 0) -> SQL {
        if case .list(let element, _) = native {
            let own = "k\(depth)" as SQL
            return "list_transform(\(text), lambda \(own): \(nanoseconds(of: own, element, depth: depth + 1)))"
        }
        let later: SQL = "CAST(\(dayAfter.asLiteral) || substr(\(text), 11) AS \(type))"
        return "CASE WHEN \(text) = \(last.asLiteral) THEN CAST('infinity' AS \(type)) "
            + "WHEN \(text) = \(first.asLiteral) THEN CAST('-infinity' AS \(type)) "
            + "WHEN starts_with(\(text), \(firstDay.asLiteral)) "
            + "THEN make_timestamp_ns(epoch_ns(\(later)) - \(dayNanoseconds)) ELSE CAST(\(text) AS \(type)) END"
    }

    /// What is read in place of instants of nanoseconds that DuckDB cut to microseconds; nil for types without such.
    ///
    /// It makes infinities of both ends before it cuts: here they are the microseconds before.
    static func finite(_ value: SQL, _ native: NativeType, depth: Int = 0) -> SQL? {
        if case .list(let element, _) = native {
            let own = "k\(depth)" as SQL
            return finite(own, element, depth: depth + 1).map { "list_transform(\(value), lambda \(own): \($0))" }
        }
        guard native == .plain("TIMESTAMP WITH TIME ZONE") else { return nil }
        return "CASE WHEN isfinite(\(value)) THEN \(value) "
            + "WHEN \(value) > make_timestamptz(0) THEN make_timestamptz(\(Int64.max / 1_000)) "
            + "WHEN \(value) IS NOT NULL THEN make_timestamptz(\(-Int64.max / 1_000 - 1)) END"
    }
}

extension NativeType {
    /// Whether it holds nanoseconds, or lists of them, as DuckDB has them.
    var isNanoseconds: Bool { leaf.timeUnit?.scale == .nanoseconds }
}
