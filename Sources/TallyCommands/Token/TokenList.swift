// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyServer

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

extension AccessToken {
    /// Returns what may be shown of a token, without its digest.
    func listed(at now: Timestamp) -> JSON {
        .object([
            ("name", .string(name)), ("scopes", .array(scopes.map { .string($0.rawValue) })),
            ("created", .string(created.description)), ("expires", .optional(expires?.description)),
            ("isExpired", .bool(isExpired(at: now))),
        ])
    }
}
