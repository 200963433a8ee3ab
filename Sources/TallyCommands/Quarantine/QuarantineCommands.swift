// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser

/// `tally quarantine …`: the rows that were set aside.
struct QuarantineCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Look at rows that were set aside, let them in after all, or give them up.",
        subcommands: [
            QuarantineList.self, QuarantineShow.self, QuarantineReplay.self, QuarantineDiscard.self,
        ])
}
