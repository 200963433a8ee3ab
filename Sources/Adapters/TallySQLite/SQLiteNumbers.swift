// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import GRDB
internal import TallyModel

/// Numbers that count something, or are given one after the other.
enum SQLiteNumbers {
    /// More no registry of ours comes to: the next number is one, too.
    private static let most: Int64 = 1 << 53

    /// A number of a row; `E-corrupt` for one that was not written by us.
    static func read(_ row: Row, _ column: String) throws -> Int { try checked(row[column], column) }

    /// The number itself; `E-corrupt` for one that was not written by us.
    static func checked(_ number: Int64, _ column: String) throws -> Int {
        guard (0...most).contains(number) else { throw SQLiteFile.corrupt("the \(column) \(number)") }
        return Int(number)
    }
}
