// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyServer

/// `tally token`: who may ask the server.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke the tokens that let requests into the server.",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

/// `tally token create`.
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and show it, this once; from the first one on the server lets nobody in without.",
        discussion: """
            Only a digest of it is kept, in .tally/tokens.json. A running server knows it within a second.

            Example: tally token create shop --scope read --expires 90d
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Whose it is, for you and the server's log: 1 to 64 letters, digits, '.', '_' or '-'.")
    var name: String

    @Option(
        help: "What it allows: read (vectors, catalogue, metrics, pages), write (also to fill the store), or admin.")
    var scope: TypedScope

    @Option(help: "How long it is good for, such as 12h or 90d; for ever when left out.", transform: Self.span)
    var expires: TimeSpan?

    private static func span(_ text: String) throws -> TimeSpan {
        if let span = TimeSpan(text), span > .zero, span.microseconds <= longest.microseconds { return span }
        throw BadValue(
            message: "'\(text)' is no time that a token can be good for", help: "write for example 12h or 90d")
    }

    /// A hundred years.
    private static let longest = TimeSpan(microseconds: 36_525 * 86_400_000_000)

    func run() async throws {
        let now = SystemClock.now()
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret(using: &generator)
        let end = expires.map { Timestamp(microseconds: now.microseconds + $0.microseconds) }
        guard
            let token = AccessToken(
                name: name, scopes: [scope.scope], digest: secret.digest, created: now, expires: end)
        else {
            throw TallyError(
                .misuse, "'\(name)' cannot name a token",
                help: "write 1 to 64 letters, digits, '.', '_' or '-', such as shop")
        }
        try await TokenFile(root: global.root()).add(token)
        Output.render(
            global.format, table: secret.text,
            json: .object(
                [("token", .string(secret.text))]
                    + (token.listed(at: now).objectValue ?? []).map {
                        ($0.name, $0.value)
                    }))
        Terminal.note("keep it: it is shown this once; send it as `Authorization: Bearer TOKEN`")
    }
}

/// `tally token list`.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens: whose they are, what they allow, until when.",
        discussion: "Example: tally token list")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let tokens = try TokenFile(root: global.root()).read()
        let now = SystemClock.now()
        var table = TextTable(headings: ["token", "scope", "created", "expires"])
        for token in tokens {
            let end = token.expires.map { $0.description + (token.isExpired(at: now) ? " (over)" : "") }
            table.rows.append([
                token.name, token.scopes.map(\.rawValue).joined(separator: " "), token.created.description,
                end ?? "never",
            ])
        }
        Output.render(
            global.format,
            table: tokens.isEmpty ? "there are no tokens: a server on this machine is open to its users" : table.text,
            json: .object([("tokens", .array(tokens.map { $0.listed(at: now) }))]))
    }
}

/// `tally token revoke`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make a token worthless; a running server knows within a second.",
        discussion: "Example: tally token revoke shop")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The token's name.")
    var name: String

    func run() async throws {
        let left = try await TokenFile(root: global.root()).remove(name)
        Output.render(
            global.format, table: "\(name) is worth nothing from now on",
            json: .object([("revoked", .string(name)), ("left", .int(Int64(left.count)))]))
        if left.isEmpty {
            Terminal.note(
                "no token is left: a server that runs lets nobody in any more, one that starts now asks for none "
                    + "and stays on this machine")
        }
    }
}

/// What a token allows, as it is typed.
enum TypedScope: String, ExpressibleByArgument, CaseIterable {
    case read
    case write
    case admin

    var scope: TokenScope {
        switch self {
        case .read: .read
        case .write: .write
        case .admin: .admin
        }
    }
}

extension AccessToken {
    /// What may be told of it.
    fileprivate func listed(at now: Timestamp) -> JSON {
        .object([
            ("name", .string(name)), ("scopes", .array(scopes.map { .string($0.rawValue) })),
            ("created", .string(created.description)), ("expires", .optional(expires?.description)),
            ("isExpired", .bool(isExpired(at: now))),
        ])
    }
}
