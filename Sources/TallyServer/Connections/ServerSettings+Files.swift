// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
public import TallyModel

extension ServerSettings {
    /// Lowers the number of connections to what the limit of open files leaves, and tells so in a sentence; nil where it
    /// leaves enough.
    ///
    /// `limit` is how many files the process may have open, `used` how many it has.
    /// Throws `E-misuse` where hardly a connection is left.
    public mutating func keep(within limit: Int, used: Int) throws(TallyError) -> String? {
        // Each loop has three files of its own; fills, answers from the sources and the registry want some, too.
        let loops = min(threads ?? System.coreCount, limit)
        let places = limit - min(limit, used) - 3 * loops - 1 - min(128, limit / 4)
        let most = places - Connections.reserve(beside: max(0, places))
        guard most >= Self.leastConnections else {
            throw TallyError(
                .misuse, "the limit of \(limit) open files leaves no room for connections",
                help: "raise it (`ulimit -n 4096`, or LimitNOFILE of a service)")
        }
        guard most < mostConnections else { return nil }
        let wanted = mostConnections
        mostConnections = most
        return
            "the limit of \(limit) open files leaves room for \(most) connections, not \(wanted): raise it with `ulimit -n`"
    }

    private static let leastConnections = 8
}
