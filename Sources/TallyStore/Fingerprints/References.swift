// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The references between definitions in both directions, found once for all look-ups.
struct References: Sendable, Hashable {
    private var used: [DefinitionID: [DefinitionID]] = [:]
    private var users: [DefinitionID: [DefinitionID]] = [:]

    /// Starts without references.
    init() {}

    /// Adds nodes of distinct names.
    init(_ nodes: [PlanNode]) {
        for node in nodes { add(node) }
    }

    /// Adds one more node.
    mutating func add(_ node: PlanNode) {
        used[node.id] = node.references
        for target in node.references { users[target, default: []].append(node.id) }
    }

    /// Returns the definitions that refer to one, directly or through others, sorted.
    func dependents(of id: DefinitionID) -> [DefinitionID] { Self.closure(from: id, users) }

    /// Returns the definitions that one refers to, directly or through others, sorted.
    func requirements(of id: DefinitionID) -> [DefinitionID] { Self.closure(from: id, used) }

    private static func closure(
        from id: DefinitionID, _ next: [DefinitionID: [DefinitionID]]
    ) -> [DefinitionID] {
        var found = Set<DefinitionID>()
        var queue = next[id] ?? []
        while let current = queue.popLast() {
            if found.insert(current).inserted { queue += next[current] ?? [] }
        }
        return found.sorted()
    }
}
