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
                views.map(Self.quoted) + Self.flag("full", full) + Self.option("until", until?.description)
                    + Self.flag("accept_future", acceptFuture) + Self.flag("accept_clock", acceptClock))
        // A vector takes a service and keys, which the text does not know.
        case .get: "store.get"
        case .list(let kind): Self.call("list", kind.map { [Self.quoted($0.rawValue)] } ?? [])
        case .verify: Self.call("verify")
        case .doctor: Self.call("doctor")
        case .quarantineList: Self.call("quarantine.list")
        case .quarantineShow(let table): Self.call("quarantine.show", [Self.quoted(table)])
        // Neither knows the table: the names of the calls say enough.
        case .quarantineDiscard: "store.quarantine.discard"
        case .quarantineReplay(nil): "store.quarantine.replay"
        case .quarantineReplay(let table?): Self.call("quarantine.replay", [Self.quoted(table)])
        case .initialize, .contractImport, .contractDiff, .tokenCreate, .tokenList, .tokenRevoke, .serve: nil
        }
    }

    private static func call(_ verb: String, _ arguments: [String] = []) -> String {
        "store.\(verb)(\(arguments.joined(separator: ", ")))"
    }

    private static func flag(_ name: String, _ isSet: Bool) -> [String] { isSet ? ["\(name)=True"] : [] }

    private static func option(_ name: String, _ value: String?) -> [String] {
        value.map { ["\(name)=\(quoted($0))"] } ?? []
    }

    /// Returns a literal; the short form of JSON's is one of Python's as well.
    private static func quoted(_ text: String) -> String { JSON.string(text).compactText }
}
