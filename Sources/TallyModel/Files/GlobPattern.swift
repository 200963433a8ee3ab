// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A pattern of paths, name by name.
///
/// `*` stands for any characters of a name, `?` for one, `[a-z]` for one of a set and `[!a-z]` for one outside of it; `**` as
/// a whole name stands for any number of folders. Characters are Unicode scalars and are compared as such: letter case and
/// normalisation count, on every system alike. All other characters stand for themselves.
package struct GlobPattern: Sendable, Hashable {
    /// The meaning of one name between slashes.
    package enum Name: Sendable, Hashable {
        /// This very name.
        case literal(String)
        /// Names that these tokens match.
        case wild([Token])
        /// Any number of folders, or none: `**`.
        case folders
    }

    /// The meaning of a part of a name.
    package enum Token: Sendable, Hashable {
        case one(Unicode.Scalar)
        case any
        case anyNumber
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    /// Whether the pattern starts at the root of the file system.
    package let isAbsolute: Bool
    /// The names in order; empty names and `.` are left out, as they change nothing.
    package let names: [Name]

    /// Reads a pattern; every text is one.
    package init(_ text: String) {
        isAbsolute = text.utf8.first == UInt8(ascii: "/")
        var names: [Name] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/")) {
            let name = String(decoding: part, as: UTF8.self)
            if name == "." { continue }
            if name == "**" {
                if names.last != .folders { names.append(.folders) }
            } else {
                names.append(Self.name(name))
            }
        }
        self.names = names
    }

    private static func name(_ text: String) -> Name {
        let tokens = tokens(Array(text.unicodeScalars))
        var literal = ""
        for token in tokens {
            switch token {
            case .one(let scalar): literal.unicodeScalars.append(scalar)
            case .set(let ranges, isNegated: false):
                guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return .wild(tokens) }
                literal.unicodeScalars.append(ranges[0].lowerBound)
            case .any, .anyNumber, .set: return .wild(tokens)
            }
        }
        return .literal(literal)
    }

    private static func tokens(_ text: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case "*": if tokens.last != .anyNumber { tokens.append(.anyNumber) }
            case "?": tokens.append(.any)
            case "[":
                // A bracket that is not closed stands for itself.
                guard let (set, end) = set(text, from: index + 1) else {
                    tokens.append(.one("["))
                    break
                }
                tokens.append(set)
                index = end
            default: tokens.append(.one(text[index]))
            }
            index += 1
        }
        return tokens
    }

    /// Returns the set after an opening bracket, and the position of its closing bracket; one that comes first is a
    /// member.
    private static func set(_ text: [Unicode.Scalar], from start: Int) -> (Token, end: Int)? {
        var index = start
        let isNegated = index < text.count && (text[index] == "!" || text[index] == "^")
        if isNegated { index += 1 }
        let first = index
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < text.count, text[index] != "]" || index == first {
            if index + 2 < text.count, text[index + 1] == "-", text[index + 2] != "]" {
                if text[index] <= text[index + 2] { ranges.append(text[index]...text[index + 2]) }
                index += 3
            } else {
                ranges.append(text[index]...text[index])
                index += 1
            }
        }
        guard index < text.count else { return nil }
        return (.set(ranges, isNegated: isNegated), index)
    }
}

extension GlobPattern.Name {
    /// Whether a name is matched; `**` matches every one.
    package func matches(_ name: String) -> Bool {
        switch self {
        case .literal(let text): text.utf8.elementsEqual(name.utf8)
        case .folders: true
        case .wild(let tokens): Self.match(tokens, Array(name.unicodeScalars))
        }
    }

    /// Whether a matched name is left out, because writers hide what is not finished behind `_` and `.`.
    ///
    /// A pattern that begins with the character itself names what it hides. `_key=value` is a folder of a partition.
    package func leavesOut(_ name: String, isFolder: Bool) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first == "." else { return false }
        if first == "_", isFolder, name.utf8.contains(UInt8(ascii: "=")) { return false }
        switch self {
        case .literal: return false
        case .folders: return true
        case .wild(let tokens): return tokens.first != .one(first)
        }
    }

    private static func match(_ tokens: [GlobPattern.Token], _ text: [Unicode.Scalar]) -> Bool {
        var (token, place) = (0, 0)
        // Where the last star stands, and how far it reaches: when the rest does not fit, it takes one more.
        var star: (token: Int, place: Int)?
        while place < text.count {
            if token < tokens.count, tokens[token] == .anyNumber {
                star = (token, place)
                token += 1
            } else if token < tokens.count, tokens[token].matches(text[place]) {
                token += 1
                place += 1
            } else if let last = star {
                star = (last.token, last.place + 1)
                (token, place) = (last.token + 1, last.place + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyNumber }
    }
}

extension GlobPattern.Token {
    fileprivate func matches(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .one(let own): own == scalar
        case .any: true
        case .anyNumber: false
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        }
    }
}

extension GlobPattern {
    /// Whether the pattern names a file, and does not leave it out; nothing is looked up.
    package func names(file path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        guard isAbsolute == (path.utf8.first == UInt8(ascii: "/")) else { return false }
        return Self.match(names[...], parts[...])
    }

    private static func match(_ names: ArraySlice<Name>, _ parts: ArraySlice<String>) -> Bool {
        guard let name = names.first else { return parts.isEmpty }
        guard let part = parts.first else { return false }
        let isFolder = parts.count > 1
        if name == .folders {
            if names.count > 1, match(names.dropFirst(), parts) { return true }
            guard !name.leavesOut(part, isFolder: isFolder) else { return false }
            return isFolder ? match(names, parts.dropFirst()) : names.count == 1
        }
        guard name.matches(part), !name.leavesOut(part, isFolder: isFolder) else { return false }
        return match(names.dropFirst(), parts.dropFirst())
    }
}
