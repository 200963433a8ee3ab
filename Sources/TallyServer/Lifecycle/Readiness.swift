// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Whether the server wants requests: not before it listens, not while it is in trouble, and no longer once it is to stop.
final class Readiness: Sendable {
    private let ready = Atomic<Bool>(false)
    private let once = Atomic<Bool>(false)
    private let inside = Atomic<Int>(0)
    private let troubles = Mutex<String?>(nil)

    /// Requests that are answered now; one counts until its answer is sent.
    var requests: Int { inside.load(ordering: .acquiring) }

    /// Notes that a request came.
    func begin() { inside.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Notes that its answer was sent.
    func end() { inside.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

    /// The reason, in one word, why load balancers should not use it although it answers; nil when there is none.
    var trouble: String? { troubles.withLock { $0 } }

    /// Sets the present trouble; true when it differs from the one before.
    func note(_ trouble: String?) -> Bool {
        troubles.withLock { known in
            defer { known = trouble }
            return known != trouble
        }
    }

    /// Whether it wants requests.
    var isReady: Bool { ready.load(ordering: .acquiring) }

    /// Whether it ever did.
    var wasReady: Bool { once.load(ordering: .acquiring) }

    /// Whether it wanted requests, and no longer does.
    var isLeaving: Bool { wasReady && !isReady }

    /// Sets whether it wants requests.
    func set(_ isReady: Bool) {
        if isReady { once.store(true, ordering: .releasing) }
        ready.store(isReady, ordering: .releasing)
    }
}
