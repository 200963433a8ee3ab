// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel

/// The command line: parses, runs one command, turns what happened into text and an exit status.
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
            RepositoryInit.self, DefinitionsCheck.self, DefinitionsPlan.self, DefinitionsApply.self,
            TrainingSetTrain.self, TrainingSetDiff.self, TrainingSetLeaks.self, OnlineStoreMaterialize.self,
            VectorGet.self, ServerServe.self, VectorCompare.self, TokenCommands.self, ContractVerify.self,
            ContractCommands.self, QuarantineCommands.self, OnlineStoreCollect.self, DoctorExamine.self,
            RepositoryStatus.self, RepositoryList.self, RepositoryShow.self,
        ])

    /// Runs the command that the words call, and tells what went wrong.
    static func run(_ words: [String]) async -> ExitStatus {
        var path: CommandPath?
        do {
            let invocation = try Invocation(words)
            path = invocation.path
            try await invocation.run()
            return .kept
        } catch let status as ExitStatus {
            return status
        } catch let error as TallyError {
            Terminal.fail(error.withExample(of: path))
            return ExitStatus(error)
        } catch is CancellationError {
            return .interrupted
        } catch {
            Terminal.fail(TallyError(.internal, "\(error)", subject: path?.name))
            return .failed
        }
    }
}

/// The words of a command line, and the command that they call.
struct Invocation {
    let path: CommandPath
    private let words: [String]

    /// More words take the parser the square of their number: ten times as many are half a minute.
    private static let mostWords = 2_000

    /// Finds the command; `E-misuse` where there is none.
    init(_ typed: [String]) throws(TallyError) {
        guard typed.count <= Self.mostWords else {
            throw TallyError(
                .misuse, "\(typed.count) words are more than a command takes",
                help: "write at most \(Self.mostWords), and the rest in further calls")
        }
        let words = Self.directoryLast(typed)
        guard words.first == "help" else {
            path = try CommandPath(words)
            self.words = words
            return
        }
        let names = words.dropFirst().prefix { !$0.hasPrefix("-") }
        path = try CommandPath(names)
        self.words = names + ["--help"]
    }

    /// `tally -C DIR check` means `tally check -C DIR`: options of all commands may come first, as with git and make.
    private static func directoryLast(_ words: [String]) -> [String] {
        guard words.count > 2, words[0] == "-C" else { return words }
        return [words[2]] + words[0..<2] + words[3...]
    }

    /// Runs the command.
    func run() async throws {
        // A server has its own way to stop: what was asked is answered first.
        if path.command is ServerServe.Type {
            guard let asked = try command() else { return }
            if let server = asked as? ServerServe { return try await server.run() }
        }
        try await Interruption.cancelling {
            guard var command = try command() else { return }
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch  where Self.isAnswer(error) {
                Terminal.write(Tally.fullMessage(for: error))
            }
        }
    }

    /// The command with its options; nil when the words ask for help or the version, which is printed.
    private func command() throws -> (any ParsableCommand)? {
        do {
            return try Tally.parseAsRoot(words)
        } catch  where Self.isAnswer(error) {
            Terminal.write(Tally.fullMessage(for: error))
            return nil
        } catch {
            throw Misuse.error(error, at: path)
        }
    }

    /// Whether the parser throws what was asked for: a command's help, the version.
    private static func isAnswer(_ error: any Error) -> Bool {
        !(error is TallyError || error is ExitStatus || error is CancellationError)
            && Tally.exitCode(for: error) == .success
    }
}

extension TallyError {
    /// A misuse with the command's name and, where it has no help of its own, an example.
    fileprivate func withExample(of path: CommandPath?) -> TallyError {
        guard code == .misuse, let path else { return self }
        return TallyError(
            code, message, subject: subject ?? path.name, help: help ?? "example: \(path.example)",
            underlying: underlying)
    }
}
