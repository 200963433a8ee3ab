// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyServer

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
