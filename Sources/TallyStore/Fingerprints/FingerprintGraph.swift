// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The definitions of a set as nodes of a Merkle DAG, with their fingerprints and releases (SEMANTICS 9).
public struct FingerprintGraph: Sendable, Hashable {
    /// The project.
    public let project: String
    /// The nodes, referred-to ones first, then by name.
    public let nodes: [PlanNode]
    /// The JSON behind each definition's fingerprints.
    public let forms: [DefinitionID: FingerprintForm]
    /// The release each service is made of, sorted by service.
    public let releases: [Release]

    private let index: [DefinitionID: Int]
    private let references: References

    init(project: String, nodes: [PlanNode], forms: [DefinitionID: FingerprintForm], releases: [Release]) {
        self.project = project
        self.nodes = nodes.sorted { $0.id < $1.id }
        self.forms = forms
        self.releases = releases.sorted { $0.service < $1.service }
        index = Dictionary(uniqueKeysWithValues: self.nodes.enumerated().map { ($0.element.id, $0.offset) })
        references = References(self.nodes)
    }

    /// Computes every fingerprint of a checked set; `E-invalid-definitions` when the set was not checked and shows it.
    public static func build(from set: DefinitionSet) throws(TallyError) -> FingerprintGraph {
        var builder = GraphBuilder(set)
        return try builder.build()
    }

    /// The node of a definition; nil when there is none.
    public subscript(id: DefinitionID) -> PlanNode? { index[id].map { nodes[$0] } }

    /// The release of a service; nil when there is no such service.
    public func release(of service: String) -> Release? { releases.first { $0.service == service } }

    /// Returns the definitions that refer to one, directly or through others, sorted.
    public func dependents(of id: DefinitionID) -> [DefinitionID] { references.dependents(of: id) }

    /// Returns the definitions that one refers to, directly or through others, sorted.
    func requirements(of id: DefinitionID) -> [DefinitionID] { references.requirements(of: id) }

    /// The lockfile of these definitions.
    public var lockfile: Lockfile { Lockfile(project: project, nodes: nodes, releases: releases) }
}
