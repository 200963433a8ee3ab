// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Gives columns the names that DuckDB knows them by.
///
/// DuckDB tells names apart without regard to the case of ASCII letters, and numbers those that it takes for the same.
/// A file may have any number of columns, so that a name costs the same however many came before.
struct EngineNames {
    private var taken: Set<[UInt8]>
    /// The last number that was tried for a name: those below it are taken, and stay so.
    private var numbers: [[UInt8]: Int] = [:]

    /// Starts with names that are taken.
    init(_ names: some Sequence<String> = []) { taken = Set(names.map { Array($0.lowercasedASCII.utf8) }) }

    /// Takes a name, with a number behind it where it is taken.
    mutating func take(_ name: String) -> String {
        let folded = Array(name.lowercasedASCII.utf8)
        guard !taken.insert(folded).inserted else { return name }
        var number = numbers[folded] ?? 0
        var candidate: String
        repeat {
            number += 1
            candidate = "\(name)_\(number)"
        } while !taken.insert(Array(candidate.lowercasedASCII.utf8)).inserted
        numbers[folded] = number
        return candidate
    }
}
