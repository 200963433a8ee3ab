// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser

/// `tally token`: the tokens of the clients of a server.
struct TokenCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke the tokens that let requests into the server.",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}
