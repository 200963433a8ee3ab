// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import NIOCore
internal import Synchronization

/// The connections that are open, and who has to leave when there are too many.
///
/// A connection that waits for its client costs the client nothing, so whoever may connect can fill any number of places.
/// Past the limit each new connection therefore closes the one that has waited longest for a whole request: probes and other
/// clients always find a place. A connection whose request is being answered stays.
final class Connections: Sendable {
    private struct State {
        var entries: [ObjectIdentifier: Connection] = [:]
        /// How many of them were told to leave.
        var leaving = 0
        /// Those among them that may take their time, because their answers are on the way; the first was told first.
        var lingering: [Connection] = []
        /// When connections were accepted that are to be added, in nanoseconds of the loops' clock.
        var accepted: [ObjectIdentifier: UInt64] = [:]

        /// Notes that one is to leave; who has to be gone at once for it, if too many take their time.
        mutating func leave(_ connection: Connection, most: Int) -> Connection? {
            connection.isLeaving = true
            leaving += 1
            lingering.append(connection)
            return lingering.count > most ? lingering.removeFirst() : nil
        }
    }

    private let limit: Int
    private let reserve: Int
    fileprivate let patience: UInt64
    private let state = Mutex(State())
    private let open = Atomic<Int>(0)

    /// `patience` is how long a client may read an answer before that counts as waiting.
    init(limit: Int, patience: Duration = .seconds(10)) {
        self.limit = limit
        self.patience = UInt64(patience / .nanoseconds(1))
        reserve = Self.reserve(beside: limit)
    }

    /// So many more are taken while others are on their way out.
    static func reserve(beside limit: Int) -> Int { min(32, max(2, limit / 8)) }

    /// So many of those that leave for others may take their time: the rest of the reserve is for who comes.
    private var mostLingering: Int { reserve / 2 }

    /// How many are open.
    var count: Int { open.load(ordering: .acquiring) }

    /// How many more may be accepted.
    var room: Int { max(0, limit + reserve - count) }

    /// Whether the next one may be accepted.
    var haveRoom: Bool { room > 0 }

    /// Notes that one was accepted.
    func noteOpened() { open.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Notes that one is closed.
    func noteClosed() { open.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

    /// Notes when a connection was accepted: a loop that is held up adds it later than others that came after it.
    func noteAccepted(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.accepted[id] = NIODeadline.now().uptimeNanoseconds }
        channel.closeFuture.whenComplete { _ in self.state.withLock { _ = $0.accepted.removeValue(forKey: id) } }
    }

    /// Takes up a connection that was accepted, until it is closed.
    ///
    /// Who adds one makes room once the connection can be told to leave: many may have been accepted before the first was
    /// added, and nobody could leave for them then.
    func add(_ channel: any Channel) -> Connection {
        let id = ObjectIdentifier(channel)
        let accepted = state.withLock { $0.accepted.removeValue(forKey: id) }
        let connection = Connection(channel, in: self, since: accepted ?? NIODeadline.now().uptimeNanoseconds)
        state.withLock { $0.entries[id] = connection }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                guard let closed = state.entries.removeValue(forKey: id), closed.isLeaving else { return }
                state.leaving -= 1
                state.lingering.removeAll { $0 === closed }
            }
        }
        return connection
    }

    /// Closes so many as there are too many, of those that wait; the one for which there has to be room only where all others
    /// came after it.
    func makeRoom(for newcomer: Connection? = nil) {
        guard count > limit else { return }
        while close(sparing: newcomer, where: { $0.entries.count - $0.leaving > limit }) {}
    }

    /// Closes one, so that what it holds can be used for another.
    func closeOne() { close(sparing: nil) { _ in true } }

    /// Closes the one whose client has taken longest over its answer, if any took ten seconds: others want what it holds.
    func closeSlowest() {
        let now = NIODeadline.now().uptimeNanoseconds
        let leavers = state.withLock { state -> [Connection?] in
            let slow = state.entries.values.filter { connection in
                let (later, isWorking) = connection.since.addingReportingOverflow(patience)
                return !isWorking && later <= now && !connection.isLeaving && !connection.channel.isWritable
            }
            guard let slowest = slow.min(by: { $0.since < $1.since }) else { return [] }
            return [state.leave(slowest, most: mostLingering), slowest]
        }
        for leaver in leavers { leaver?.evict() }
    }

    /// Closes all that wait for their clients.
    func closeWaiting() {
        let waiting = state.withLock { $0.entries.values.filter(\.isWaiting) }
        for connection in waiting { connection.evict(patiently: true) }
    }

    /// Tells the one that waited longest to leave; whether there was one, and it is needed.
    @discardableResult private func close(sparing newcomer: Connection?, where isNeeded: (State) -> Bool) -> Bool {
        let leavers = state.withLock { state -> [Connection?] in
            guard isNeeded(state), let last = Self.longestWaiting(state.entries.values, newcomer) else { return [] }
            return [state.leave(last, most: mostLingering), last]
        }
        for leaver in leavers { leaver?.evict() }
        return !leavers.isEmpty
    }

    /// The one that waited longest, if any waits; a newcomer leaves only where it has waited longer than that one.
    private static func longestWaiting(
        _ connections: some Sequence<Connection>, _ newcomer: Connection?
    ) -> Connection? {
        let waiting = connections.filter { $0.isWaiting && !$0.isLeaving }
        guard let longest = waiting.filter({ $0 !== newcomer }).min(by: { $0.rank < $1.rank }) else { return nil }
        return waiting.first { $0 === newcomer && $0.since < longest.since } ?? longest
    }
}

/// One connection: whether it waits for its client, and since when.
final class Connection: Sendable {
    let channel: any Channel
    private let connections: Connections
    /// In nanoseconds of the loops' clock; none while a request is answered.
    private let waiting: Atomic<UInt64>
    private let leaving = Atomic<Bool>(false)

    init(_ channel: any Channel, in connections: Connections, since: UInt64) {
        waiting = Atomic(since)
        self.channel = channel
        self.connections = connections
    }

    /// Whether it waits for its client to send a request, or to read an answer.
    var isWaiting: Bool { since < .max }

    /// Since when it waits.
    var since: UInt64 { waiting.load(ordering: .relaxed) }

    /// Who has the lowest leaves first: who waits longest, where reading an answer counts as waiting from ten seconds on.
    fileprivate var rank: UInt64 {
        let (later, isWorking) = since.addingReportingOverflow(channel.isWritable ? 0 : connections.patience)
        return isWorking ? .max : later
    }

    /// Whether it was told to leave.
    var isLeaving: Bool {
        get { leaving.load(ordering: .relaxed) }
        set { leaving.store(newValue, ordering: .relaxed) }
    }

    /// Notes that something is done for it.
    func work() { waiting.store(.max, ordering: .relaxed) }

    /// Tells it to leave: once nicely, and at once the second time, but for a client that is patiently waited for.
    fileprivate func evict(patiently: Bool = false) {
        channel.pipeline.fireUserInboundEventTriggered(Eviction(isPatient: patiently))
    }

    /// Notes that it waits for its client from now on.
    func wait() {
        waiting.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
        connections.makeRoom()
    }
}

/// Tells a connection that it has to leave: at once, unless its client has yet to take what it was answered and is told the first time.
struct Eviction: Sendable {
    /// Whether a client that is taking its answers gets the time for it; else others need the place.
    var isPatient = false
}
