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

    /// Takes a string of at most `longest` bytes.
    mutating func requireString(longest: Int) throws(BodyProblem) -> String {
        let text = try requireString()
        guard text.utf8.count <= longest else {
            throw BodyProblem("a name of \(text.utf8.count) bytes is too long: the limit is \(longest)")
        }
        return text
    }

    /// Takes a list of at most `limit` strings of at most `longest` bytes; a problem when something else comes.
    mutating func requireStrings(limit: Int, longest: Int) throws(BodyProblem) -> [String] {
        guard try enterArray() else { throw BodyProblem("expected a list of strings") }
        var texts: [String] = []
        var isFirst = true
        while try nextElement(&isFirst) {
            guard texts.count < limit else { throw BodyProblem("more than \(limit) names: ask in parts") }
            do throws(BodyProblem) {
                texts.append(try requireString(longest: longest))
            } catch {
                throw error.inside(.element(texts.count))
            }
        }
        return texts
    }
}
