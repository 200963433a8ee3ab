// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A repository's definitions as they were read, with everything that reading found wrong.
public struct LoadedRepository: Sendable {
    /// The project; nil when `tally.yaml` is missing or wrong.
    public let project: Project?
    /// The definitions that could be read, in order of file and place.
    public let definitions: [LocatedDefinition]
    /// The diagnostics of reading, sorted; `check` repeats them.
    public let diagnostics: [Diagnostic]
    /// The files, sorted by path.
    public let files: [DefinitionFile]
    /// The positions of all definitions and their keys.
    public let positions: PositionIndex
    /// The contracts that sources name or that are below `contracts/`, by path; their diagnostics are the repository's
    /// too.
    public let contracts: [String: LoadedContract]

    /// The names that were defined, whether or not the rest of the definition could be read.
    let declared: [DeclaredName]
    /// The facts that are known about documents that could not be read.
    let unread: UnreadDefinitions
    /// The judgements that other modules make.
    let hooks: ContractHooks

    init(
        project: Project?, definitions: [LocatedDefinition], diagnostics: [Diagnostic], files: [DefinitionFile],
        declared: [DeclaredName], unread: UnreadDefinitions, positions: PositionIndex,
        contracts: [String: LoadedContract],
        hooks: ContractHooks
    ) {
        self.project = project
        self.definitions = definitions
        self.diagnostics = diagnostics
        self.files = files
        self.declared = declared
        self.unread = unread
        self.positions = positions
        self.contracts = contracts
        self.hooks = hooks
    }

    /// The sources, whose tables an engine describes before `check`.
    public var sources: [Source] {
        definitions.compactMap { if case .source(let source) = $0.definition { source } else { nil } }
    }
}
