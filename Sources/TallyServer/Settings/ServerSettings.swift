// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The address on which a server listens, and the limits on its clients.
public struct ServerSettings: Sendable, Hashable {
    /// The address to listen at; by default the loopback interface.
    public var host = "127.0.0.1"
    /// Whether a server that demands no token may listen beyond the loopback interface.
    public var isOpenToEverybody = false
    /// The port to listen at; 0 lets the system choose a free one.
    public var port = 6566
    /// Threads that serve connections; nil for one for each core.
    public var threads: Int?
    /// Larger request bodies are answered with 413.
    public var longestBodyBytes = 8 << 20
    /// More entities in one request are answered with 422.
    public var mostEntities = 10_000
    /// More values (entities times columns) in one answer are answered with 422.
    public var mostValues = 1_000_000
    /// More features named one by one are answered with 422.
    public var mostFeatures = 10_000
    /// A longer name of a service, a view, a feature or a column is answered with 422.
    public var longestNameBytes = 1_000
    /// Bodies and answers on their way hold at most so many bytes together; past it requests are answered with 503.
    public var memoryBytes = 512 << 20
    /// The size from which on bodies are worked on in the lane for large requests, and answers count until they are
    /// sent.
    public var largeBytes = 32 << 10
    /// The size from which on possible answers are worked on in the lane for large requests.
    public var largeAnswerBytes = 256 << 10
    /// More large requests at once are answered with 429.
    public var mostLargeRequestsAtOnce = 64
    /// So many requests at once are answered from the sources, because their instant is before the stored rows; so many fills
    /// that clients wait for run at once.
    public var mostSourceReadsAtOnce = 2
    /// So many more wait for that; further ones are answered with 429.
    public var mostSourceReadsWaiting = 16
    /// Threads for large requests; nil for all cores but one.
    public var largeThreads: Int?
    /// The names of this server's host that requests may use for changes, in addition to `host` and loopback names.
    public var knownHosts: [String] = []
    /// More requests at once are answered with 429.
    public var mostRequestsAtOnce = 512
    /// A connection beyond that closes the one that has waited longest for its client.
    public var mostConnections = 2_048
    /// The time an answer may take before it fails with 504; filling the store is not an answer.
    public var deadline = Duration.seconds(10)
    /// A connection on which nothing happens for that long is closed.
    public var idleTimeout = Duration.seconds(60)
    /// The interval between checks whether something was applied or filled.
    public var refreshInterval = Duration.seconds(1)
    /// The time for which a stopping server reports so at `/readyz` before it stops accepting connections.
    public var drain = Duration.zero

    /// The time between the end of one scrub and the start of the next; zero for no scrubs.
    public var scrubInterval = Duration.zero

    /// The defaults.
    public init() {}

    /// Whether only this machine reaches `host`, whatever it resolves to.
    public var staysOnThisMachine: Bool {
        HostName(host.contains(":") ? "[\(host)]" : host)?.isLoopback ?? false
    }
}
