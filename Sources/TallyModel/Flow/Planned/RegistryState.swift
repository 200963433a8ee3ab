// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The present content of a registry: one generation of definitions with their releases.
public struct RegistryState: Sendable, Hashable {
    /// The number of commits that changed something so far; 0 for a new registry.
    public let generation: Int
    /// The project the registry belongs to; nil before the first commit.
    public let project: String?
    /// The applied definitions, in the order of `DefinitionID`.
    public let definitions: [AppliedDefinition]
    /// Every release ever recorded, sorted by service and number.
    public let releases: [RegisteredRelease]
    /// The time of the last commit that changed something; nil before the first one.
    public let committedAt: Timestamp?

    /// Describes a state.
    public init(
        generation: Int, project: String?, definitions: [AppliedDefinition], releases: [RegisteredRelease],
        committedAt: Timestamp? = nil
    ) {
        self.committedAt = committedAt
        self.generation = generation
        self.project = project
        self.definitions = definitions.sorted { $0.node.id < $1.node.id }
        self.releases = releases.sorted { ($0.release.service, $0.number) < ($1.release.service, $1.number) }
    }

    /// A registry that nothing was applied to.
    public static let empty = RegistryState(generation: 0, project: nil, definitions: [], releases: [])

    /// The applied definition of a name; nil when there is none.
    ///
    /// Takes logarithmic time.
    public subscript(id: DefinitionID) -> AppliedDefinition? {
        let place = definitions.firstPlace { $0.node.id < id }
        return definitions.indices.contains(place) && definitions[place].node.id == id ? definitions[place] : nil
    }

    /// The releases of a service by number.
    ///
    /// Takes logarithmic time, and what is found.
    public func releases(of service: String) -> [RegisteredRelease] {
        let start = releases.firstPlace { $0.release.service < service }
        return Array(releases[start...].prefix { $0.release.service == service })
    }

    /// The release of a service that answers; nil when none does yet.
    public func servingRelease(of service: String) -> RegisteredRelease? {
        releases(of: service).last { $0.state == .serving }
    }
}

extension Array {
    /// The place of the first element that does not come before what is looked for; the array is sorted by that.
    fileprivate func firstPlace(comesBefore: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if comesBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
