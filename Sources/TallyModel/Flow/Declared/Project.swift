// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The content of `tally.yaml`: the project's name and its stores, each with an embedded default.
public struct Project: Sendable, Hashable {
    /// The project's name.
    public let name: String
    /// The registry.
    public let registry: RegistryKind
    /// The offline engine.
    public let offline: OfflineEngineKind
    /// The online store.
    public let online: OnlineStoreKind
    /// Folders outside of the repository that SQL of definitions and contracts may read.
    public let readable: [String]
    /// The findings that are ignored for a while.
    public let suppressions: [Suppression]

    /// Describes a project.
    public init(
        name: String, registry: RegistryKind = .standard, offline: OfflineEngineKind = .standard,
        online: OnlineStoreKind = .standard, readable: [String] = [],
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
