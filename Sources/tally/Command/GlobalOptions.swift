// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel

/// The options every command has.
struct GlobalOptions: ParsableArguments {
    @Option(name: .customShort("C"), help: "Work in this directory instead of the nearest one with a tally.yaml.")
    var directory: String?

    @Option(name: .long, help: "How to print: table or json.")
    var format: OutputFormat = .table

    /// The repository's root: `-C`, else the nearest directory upwards with a tally.yaml.
    func root() throws(TallyError) -> String {
        try Workspace.root(from: directory)
    }
}

/// How a command prints what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}
