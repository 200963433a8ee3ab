// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension NextStep {
    /// The command, ready for a shell.
    var commandLine: String { (["tally"] + words).map(Self.shellWord).joined(separator: " ") }

    private var words: [String] {
        switch self {
        case .initialize: ["init"]
        case .check: ["check"]
        case .plan(let shadow): ["plan"] + Self.flag("--shadow", shadow)
        case .apply: ["apply"]
        case .materialize(let views, let full, let until, let acceptFuture, let acceptClock):
            ["materialize"] + views + Self.flag("--full", full) + Self.option("--until", until?.description)
                + Self.flag("--accept-future", acceptFuture) + Self.flag("--accept-clock", acceptClock)
        case .get: ["get"]
        case .list(let kind): ["list"] + (kind.map { [$0.rawValue] } ?? [])
        case .verify: ["verify"]
        case .doctor: ["doctor"]
        case .contractImport: ["contract", "import"]
        case .contractDiff(let data): ["contract", "diff"] + Self.option("--shadow", data)
        case .quarantineList: ["quarantine", "list"]
        case .quarantineShow(let table): ["quarantine", "show", table]
        case .quarantineDiscard: ["quarantine", "discard"]
        case .quarantineReplay(let table): ["quarantine", "replay"] + (table.map { [$0] } ?? [])
        case .tokenCreate(let name, let scope):
            ["token", "create"] + (name.map { [$0] } ?? []) + Self.option("--scope", scope)
        case .tokenList: ["token", "list"]
        case .tokenRevoke(let name): ["token", "revoke", name]
        case .serve(let host, let selfSigned):
            ["serve"] + Self.option("--known-host", host) + Self.flag("--tls-self-signed", selfSigned)
        }
    }

    private static func flag(_ name: String, _ isSet: Bool) -> [String] { isSet ? [name] : [] }

    private static func option(_ name: String, _ value: String?) -> [String] { value.map { [name, $0] } ?? [] }

    /// Returns a word that a shell reads as this one: in single quotes where it holds a sign that means something to it.
    public static func shellWord(_ word: String) -> String {
        let plain = Array("-_./:,@%+=".utf8)
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                true
            default: plain.contains(byte)
            }
        }
        guard !isPlain || word.isEmpty else { return word }
        return "'" + word.parts(by: "'", keepingEmpty: true).joined(separator: "'\\''") + "'"
    }
}
