// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization

/// Objects that SQL knows by numbers, for as long as somebody else keeps them.
final class NumberedTables<Table: AnyObject & Sendable>: Sendable {
    private struct Weak: Sendable {
        weak let table: Table?
    }

    private let open = Mutex<[Int64: Weak]>([:])

    /// A number that nobody has, and that nobody guesses: SQL of a user must not name the table of another operation.
    func next() -> Int64 {
        open.withLock { open in
            while true {
                let number = Int64.random(in: 1 ... .max)
                if open[number] == nil { return number }
            }
        }
    }

    /// Makes an object known by its number.
    func add(_ table: Table, _ number: Int64) { open.withLock { $0[number] = Weak(table: table) } }

    /// Forgets a number.
    func remove(_ number: Int64) { _ = open.withLock { $0.removeValue(forKey: number) } }

    /// The object of a number; nil once nobody keeps it.
    subscript(number: Int64) -> Table? { open.withLock { $0[number]?.table } }
}
