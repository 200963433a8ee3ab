// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What `tally.lock` says: for each service its release and the fingerprints of everything in it.
///
/// A pure function of the definitions: no numbers, times or names of people, so that everybody gets the same bytes.
public struct Lockfile: Sendable, Hashable {
    /// One service's entry.
    public struct Service: Sendable, Hashable {
        /// The service's name.
        public let name: String
        /// The fingerprint of its release.
        public let release: Fingerprint
        /// What the release is made of, sorted by kind and name.
        public let parts: [Release.Part]

        /// Describes an entry.
        public init(name: String, release: Fingerprint, parts: [Release.Part]) {
            self.name = name
            self.release = release
            self.parts = parts.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        }
    }

    /// The file's name at the root of a repository.
    public static let fileName = "tally.lock"
    /// The version of the file's form that this build reads and writes.
    public static let format = 1

    /// The project.
    public let project: String
    /// The version of the semantics the fingerprints were made with.
    public let semantics: Int
    /// The services, sorted by name.
    public let services: [Service]

    /// Describes a lockfile.
    public init(project: String, semantics: Int = TallyVersion.semantics, services: [Service]) {
        self.project = project
        self.semantics = semantics
        self.services = services.sorted { $0.name < $1.name }
    }
}
