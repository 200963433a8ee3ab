// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel

/// The directory in which a command works.
struct PlaceOptions: ParsableArguments {
    @Option(name: .customShort("C"), help: "Work in this directory instead of the nearest one with a tally.yaml.")
    var directory: String?

    /// The repository's root: `-C`, else the nearest directory upwards with a tally.yaml.
    func root() throws(TallyError) -> String {
        try FeatureStore.root(from: directory)
    }
}

/// The options of commands that print what they found.
struct GlobalOptions: ParsableArguments {
    @OptionGroup var place: PlaceOptions

    @Option(name: .long, help: "How to print: table or json.")
    var format: OutputFormat = .table

    /// The repository's root.
    func root() throws(TallyError) -> String { try place.root() }

    /// The repository as a feature store.
    func store(_ limits: EngineLimits = EngineLimits()) throws(TallyError) -> FeatureStore {
        FeatureStore(root: try root(), host: SystemClock.host, limits: limits)
    }
}

/// The format in which a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}
