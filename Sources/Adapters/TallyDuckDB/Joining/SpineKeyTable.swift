// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The spine's keys, each once, in a table of a connection's own; it goes with the connection.
struct SpineKeyTable {
    /// The table's name in SQL; its columns are `k0`, `k1` and so on, in the keys' order.
    let name: String

    /// Fills a table with the spine's keys; `number` tells it from others of the connection.
    init(_ side: SpineSide, number: Int, _ connection: Connection) throws(DuckFailure) {
        name = "tally_keys_\(number)"
        let columns = side.keys.enumerated().map { "k\($0) \($1.type.sqlType)" as SQL }.joined(separator: ", ")
        try connection.execute("CREATE TEMP TABLE \(name.asIdentifier) (\(columns))")
        let appender = try Appender(to: name, connection)
        try appender.append(side.distinctKeys())
        try appender.close()
    }
}
