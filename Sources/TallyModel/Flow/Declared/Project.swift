// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What `tally.yaml` says: the project's name and its stores, each with an embedded default.
public struct Project: Sendable, Hashable {
    /// The project's name.
    public let name: String
    /// The registry, as `sqlite:` and a path relative to the repository.
    public let registry: String
    /// The offline engine; `duckdb`.
    public let offline: String
    /// The online store, as `lmdb:` and a path relative to the repository.
    public let online: String
    /// Folders outside of the repository that SQL of definitions and contracts may read.
    public let readable: [String]
    /// Findings that are put up with for a while.
    public let suppressions: [Suppression]

    /// The registry of a project that names none.
    public static let defaultRegistry = "sqlite:.tally/registry.db"
    /// The offline engine of a project that names none.
    public static let defaultOffline = "duckdb"
    /// The online store of a project that names none.
    public static let defaultOnline = "lmdb:.tally/online"

    /// Describes a project.
    public init(
        name: String, registry: String = Project.defaultRegistry, offline: String = Project.defaultOffline,
        online: String = Project.defaultOnline, readable: [String] = [],
        suppressions: [Suppression] = []
    ) {
        self.name = name
        self.registry = registry
        self.offline = offline
        self.online = online
        self.readable = readable
        self.suppressions = suppressions
    }
}
