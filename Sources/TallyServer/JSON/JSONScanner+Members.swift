// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension JSONScanner {
    /// Takes a string; a problem when something else comes.
    mutating func requireString() throws(BodyProblem) -> String {
        guard try peek() == UInt8(ascii: "\"") else { throw BodyProblem("expected a string") }
        return try readString()
    }

    /// Takes `true` or `false`; a problem when something else comes.
    mutating func requireBool() throws(BodyProblem) -> Bool {
        guard let flag = try readBool() else { throw BodyProblem("expected true or false") }
        return flag
    }

    /// Takes a list of strings; a problem when something else comes.
    mutating func requireStrings() throws(BodyProblem) -> [String] {
        guard try enterArray() else { throw BodyProblem("expected a list of strings") }
        var texts: [String] = []
        var isFirst = true
        while try nextElement(&isFirst) {
            do throws(BodyProblem) {
                texts.append(try requireString())
            } catch {
                throw error.inside(.element(texts.count))
            }
        }
        return texts
    }
}
