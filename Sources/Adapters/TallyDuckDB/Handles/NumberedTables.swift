// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Objects that SQL knows by numbers, for as long as somebody else keeps them.
final class NumberedTables<Table: AnyObject & Sendable>: Sendable {
    private struct Weak: Sendable {
        weak let table: Table?
    }

    private let state = Mutex<(last: Int64, open: [Int64: Weak])>((0, [:]))

    /// A number that nobody has.
    func next() -> Int64 {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    /// Makes an object known by its number.
    func add(_ table: Table, _ number: Int64) { state.withLock { $0.open[number] = Weak(table: table) } }

    /// Forgets a number.
    func remove(_ number: Int64) { _ = state.withLock { $0.open.removeValue(forKey: number) } }

    /// The object of a number; nil once nobody keeps it.
    subscript(number: Int64) -> Table? { state.withLock { $0.open[number]?.table } }
}
