// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyServer

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

/// The scope of a token, as it is typed.
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
