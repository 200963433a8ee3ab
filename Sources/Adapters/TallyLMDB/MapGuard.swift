// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// Counts the users of an environment, so that its memory map moves only while there are none.
///
/// LMDB leaves that to its caller. The map moves when it is full, or when another process made the file larger: rarely,
/// and for less than a millisecond.
final class MapGuard: Sendable {
    /// The kind of use.
    enum Visit {
        /// Microseconds of reading.
        case read
        /// A long walk, during which the same thread may read as well.
        case scan
        /// A write transaction.
        case write
    }

    private struct State {
        var reads = 0
        var scans = 0
        var writes = 0
        var isClosed = false
        var isBroken = false
        var moves = 0

        var isEmpty: Bool { reads == 0 && scans == 0 && writes == 0 }

        mutating func count(_ visit: Visit, _ change: Int) {
            switch visit {
            case .read: reads += change
            case .scan: scans += change
            case .write: writes += change
            }
        }
    }

    private let state = Mutex(State())

    /// Goes in, after a move of the map that is under way; returns how often the map has moved so far.
    func enter(_ visit: Visit) throws(TallyError) -> Int {
        while true {
            let moves = try state.withLock { state throws(TallyError) -> Int? in
                guard !state.isBroken else { throw Self.broken }
                guard !state.isClosed else { return nil }
                state.count(visit, 1)
                return state.moves
            }
            if let moves { return moves }
            Pause.briefly()
        }
    }

    /// Goes out.
    func leave(_ visit: Visit) {
        state.withLock { $0.count(visit, -1) }
    }

    /// Moves the map once it has no users, unless it moved since `moves` was returned.
    ///
    /// Walks are waited for before others are kept out, and users are not excluded for long: one that is inside may
    /// enter once more before leaving. After a failed move the map is gone and no user enters again.
    func moving(since moves: Int, _ move: () throws(TallyError) -> Void) throws(TallyError) {
        while true {
            guard let isClosed = try close(since: moves) else { return }
            if isClosed, waitUntilEmpty() { break }
            Pause.briefly()
        }
        do throws(TallyError) {
            try move()
        } catch {
            state.withLock { state in
                state.isBroken = true
                state.isClosed = false
            }
            throw error
        }
        state.withLock { state in
            state.moves += 1
            state.isClosed = false
        }
    }

    /// Keeps others out from now on; false when that must wait, nil when the map has moved already.
    private func close(since moves: Int) throws(TallyError) -> Bool? {
        try state.withLock { state throws(TallyError) in
            guard !state.isBroken else { throw Self.broken }
            guard state.moves == moves else { return nil }
            guard !state.isClosed, state.scans == 0 else { return false }
            state.isClosed = true
            return true
        }
    }

    /// Waits for those inside; opens again and gives up when they take too long.
    private func waitUntilEmpty() -> Bool {
        for _ in 0..<Self.patience {
            if state.withLock({ $0.isEmpty }) { return true }
            Pause.briefly()
        }
        return state.withLock { state in
            state.isClosed = state.isEmpty
            return state.isEmpty
        }
    }

    /// For how many pauses others are kept out at a time.
    private static let patience = 20

    private static var broken: TallyError {
        TallyError(
            .engine, "the online store lost its memory map when it was to grow",
            help: "allow the process more address space, then start it again")
    }
}
