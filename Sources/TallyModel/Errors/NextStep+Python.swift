// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension NextStep {
    /// The call on a repository that is named `store`; nil where Python has none, since the step is a command's.
    var pythonCall: String? {
        switch self {
        case .check: Self.call("check")
        case .plan(let shadow): Self.call("plan", Self.flag("shadow", shadow))
        case .apply: Self.call("apply")
        case .materialize(let views, let full, let until, let acceptFuture, let acceptClock):
            Self.call(
                "materialize",
                Self.names(views) + Self.flag("full", full) + Self.option("until", until?.description)
                    + Self.flag("accept_future", acceptFuture) + Self.flag("accept_clock", acceptClock))
        // A vector takes a service and keys, which the text does not know.
        case .get: "store.get"
        case .list(let kind): Self.call("list", kind.map { [Self.quoted(Self.singular($0))] } ?? [])
        case .verify: Self.call("verify")
        case .doctor, .quarantineList, .quarantineShow, .quarantineDiscard, .quarantineReplay: nil
        case .initialize, .contractImport, .contractDiff, .tokenCreate, .tokenList, .tokenRevoke, .serve: nil
        }
    }

    private static func call(_ verb: String, _ arguments: [String] = []) -> String {
        "store.\(verb)(\(arguments.joined(separator: ", ")))"
    }

    /// Returns one name as it is, several as a list, and nothing for none.
    private static func names(_ names: [String]) -> [String] {
        guard names.count > 1 else { return names.map(quoted) }
        return ["[" + names.map(quoted).joined(separator: ", ") + "]"]
    }

    /// Returns a kind as the call names it.
    private static func singular(_ kind: Listed) -> String {
        switch kind {
        case .entities: "entity"
        case .sources: "source"
        case .views: "view"
        case .services: "service"
        }
    }

    private static func flag(_ name: String, _ isSet: Bool) -> [String] { isSet ? ["\(name)=True"] : [] }

    private static func option(_ name: String, _ value: String?) -> [String] {
        value.map { ["\(name)=\(quoted($0))"] } ?? []
    }

    /// Returns a literal; the short form of JSON's is one of Python's as well.
    private static func quoted(_ text: String) -> String { JSON.string(text).compactText }
}
