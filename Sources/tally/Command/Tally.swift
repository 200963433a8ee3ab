// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel

/// The command line: parses, runs one command, turns what happened into text and an exit status.
@main
struct Tally: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "A feature store in which every feature is a promise.",
        discussion: """
            Start with `tally init --example flights`, or `tally init` in an empty folder.

            Exit codes: 0 kept, 1 broken, 2 misuse, 3 unproven, 4 failed, 130 interrupted.
            """,
        version: TallyVersion.current,
        subcommands: [
            InitCommand.self, CheckCommand.self, PlanCommand.self, ApplyCommand.self, TrainCommand.self,
            DiffCommand.self, MaterializeCommand.self, GetCommand.self, ServeCommand.self, CompareCommand.self,
            VerifyCommand.self, ContractCommand.self, QuarantineCommand.self,
            CollectCommand.self, StatusCommand.self, ListCommand.self, ShowCommand.self,
        ])

    /// `tally -C DIR check` means `tally check -C DIR`: options of all commands may come first, as with git and make.
    static func directoryLast(_ arguments: [String]) -> [String] {
        guard arguments.count > 2, arguments[0] == "-C" else { return arguments }
        return [arguments[2]] + arguments[0..<2] + arguments[3...]
    }

    static func main() async {
        do {
            let arguments = directoryLast(Array(CommandLine.arguments.dropFirst()))
            if let server = try parseAsRoot(arguments) as? ServeCommand {
                // A server has its own way to stop: what was asked is answered first.
                return try await server.run()
            }
            try await Interruption.cancelling {
                var command = try parseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
        } catch let status as ExitStatus {
            Terminal.exit(status)
        } catch let error as TallyError {
            Terminal.writeError(Terminal.isVerbose ? error.debugDescription : error.description)
            Terminal.exit(ExitStatus(error))
        } catch is CancellationError {
            Terminal.exit(.interrupted)
        } catch {
            let message = fullMessage(for: error)
            guard exitCode(for: error) != .success else {
                Terminal.write(message)
                Terminal.exit(.kept)
            }
            Terminal.writeError(message)
            Terminal.exit(.misuse)
        }
    }
}
