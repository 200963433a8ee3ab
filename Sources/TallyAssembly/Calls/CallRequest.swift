// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The request of a call: an object whose members are all known to the verb.
struct CallRequest {
    private let verb: String
    private let members: [JSON.Member]

    /// Takes a request apart; `E-misuse` for what is no object, and for members that the verb does not know.
    init(_ json: JSON, of verb: String, known: [String]) throws(TallyError) {
        guard let members = json.objectValue else {
            throw TallyError(
                .misuse, "the request is no object", subject: verb, help: "write {} for a request without members")
        }
        for member in members where !known.contains(where: { $0.isSame(as: member.name) }) {
            throw TallyError(
                .misuse, "the request has no member '\(member.name)'", subject: verb,
                help: nearestName(to: member.name, among: known).map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty ? "it takes none" : "it takes \(known.joined(separator: ", "))"))
        }
        self.verb = verb
        self.members = members
    }

    /// A member's value; nil where it is missing or null.
    func value(_ name: String) -> JSON? {
        guard let value = members.first(where: { $0.name.isSame(as: name) })?.value else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// A text; nil where it is left out.
    func text(_ name: String) throws(TallyError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw refusal(name, "is no text") }
        return text
    }

    /// A text that must be there.
    func requiredText(_ name: String) throws(TallyError) -> String {
        guard let text = try text(name) else { throw refusal(name, "is missing") }
        return text
    }

    /// An absolute path that must be there: a library does not know what its caller's relative paths start at.
    func path(_ name: String) throws(TallyError) -> String {
        let path = try requiredText(name)
        guard path.isAbsolutePath else { throw refusal(name, "is no absolute path") }
        return path
    }

    /// Whether something is wanted; not where it is left out.
    func flag(_ name: String) throws(TallyError) -> Bool {
        guard let value = value(name) else { return false }
        guard let flag = value.boolValue else { throw refusal(name, "is neither true nor false") }
        return flag
    }

    /// A list of texts; empty where it is left out.
    func texts(_ name: String) throws(TallyError) -> [String] {
        guard let value = value(name) else { return [] }
        guard let elements = value.arrayValue else { throw refusal(name, "is no list of texts") }
        let texts = elements.compactMap(\.stringValue)
        guard texts.count == elements.count else { throw refusal(name, "is no list of texts") }
        return texts
    }

    /// A whole number in a range; nil where it is left out.
    func number(_ name: String, in range: ClosedRange<Int64>) throws(TallyError) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let number = value.exactValue, range.contains(number) else {
            throw refusal(name, "is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// An instant; nil where it is left out.
    func instant(_ name: String) throws(TallyError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(text) else {
            throw refusal(name, "is no instant", help: "write it with an offset, such as 2013-12-31T00:00:00Z")
        }
        return time
    }

    /// One of some words; the first where it is left out.
    func word(_ name: String, of words: [String]) throws(TallyError) -> String {
        guard let text = try text(name) else { return words[0] }
        guard let word = words.first(where: { $0.isSame(as: text) }) else {
            throw refusal(name, "is not '\(text)'", help: "write one of \(words.joined(separator: ", "))")
        }
        return word
    }

    /// A list of objects, each with members that are known.
    func objects(_ name: String, known: [String]) throws(TallyError) -> [CallRequest] {
        guard let value = value(name) else { throw refusal(name, "is missing") }
        guard let elements = value.arrayValue else { throw refusal(name, "is no list of objects") }
        var found: [CallRequest] = []
        for element in elements { found.append(try CallRequest(element, of: verb, known: known)) }
        return found
    }

    /// A length of time, such as 20m; nil where it is left out.
    func span(_ name: String) throws(TallyError) -> TimeSpan? {
        guard let text = try text(name) else { return nil }
        guard let span = TimeSpan(text) else {
            throw refusal(
                name, "is no length of time", help: "write a number and one of d, h, m, s, ms, us, such as 20m")
        }
        return span
    }

    private func refusal(_ name: String, _ what: String, help: Advice? = nil) -> TallyError {
        TallyError(.misuse, "'\(name)' \(what)", subject: verb, help: help)
    }
}
