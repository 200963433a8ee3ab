// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The content of `tally.lock`: every definition and contract, and for each service its release and the release's
/// parts.
///
/// A pure function of the definitions: no numbers, times or names of people, so that everybody gets the same bytes.
public struct Lockfile: Sendable, Hashable {
    /// One service's entry.
    public struct Service: Sendable, Hashable {
        /// The service's name.
        public let name: String
        /// The fingerprint of its release.
        public let release: Fingerprint
        /// The parts of the release, sorted by kind and name.
        public let parts: [Release.Part]

        /// Describes an entry.
        public init(name: String, release: Fingerprint, parts: [Release.Part]) {
            self.name = name
            self.release = release
            self.parts = parts.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        }
    }

    /// The contract of one source, as it was when it was locked.
    public struct Contract: Sendable, Hashable {
        /// The source that names it.
        public let source: String
        /// The version it bears.
        public let version: String
        /// The digest of its whole content.
        public let fingerprint: Fingerprint

        /// Describes an entry.
        public init(source: String, version: String, fingerprint: Fingerprint) {
            self.source = source
            self.version = version
            self.fingerprint = fingerprint
        }
    }

    /// The entry of one definition, whether or not a service uses it.
    public struct Definition: Sendable, Hashable {
        /// The definition's identity.
        public let id: DefinitionID
        /// The digest of everything it declares: owner, description and tags too.
        public let fingerprint: Fingerprint

        /// Describes an entry.
        public init(id: DefinitionID, fingerprint: Fingerprint) {
            self.id = id
            self.fingerprint = fingerprint
        }
    }

    /// The file's name at the root of a repository.
    public static let fileName = "tally.lock"
    /// The version of the file's form that this build reads and writes.
    public static let format = 2

    /// The project.
    public let project: String
    /// The version of the semantics the fingerprints were made with.
    public let semantics: Int
    /// The services, sorted by name.
    public let services: [Service]

    /// The contracts, sorted by source.
    public let contracts: [Contract]
    /// The definitions, sorted by kind and name.
    public let definitions: [Definition]

    /// Describes a lockfile.
    public init(
        project: String, semantics: Int = TallyVersion.semantics, services: [Service], contracts: [Contract] = [],
        definitions: [Definition] = []
    ) {
        self.contracts = contracts.sorted { $0.source < $1.source }
        self.definitions = definitions.sorted { $0.id < $1.id }
        self.project = project
        self.semantics = semantics
        self.services = services.sorted { $0.name < $1.name }
    }
}
