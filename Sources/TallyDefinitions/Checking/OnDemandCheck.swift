// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
import TallyModel

/// Checks the on-demand expressions of a service: columns, types, and that none depends on itself.
struct OnDemandCheck {
    private let service: FeatureService
    private let located: LocatedDefinition
    private let check: RepositoryCheck

    init(_ service: FeatureService, _ located: LocatedDefinition, _ check: RepositoryCheck) {
        self.service = service
        self.located = located
        self.check = check
    }

    /// Compiles each expression against selected features, request inputs, the other expressions and `observed_at`.
    func run(selected: ServiceCheck.Outputs) {
        let common = selected.columns.map(\.schema) + service.request
        let silent = selected.isComplete ? selected.broken.union(located.brokenFeatures) : nil
        let joinKeys = service.selections.compactMap { check.views[$0.view]?.view.entities }.joined()
            .compactMap { check.entities[$0] }.flatMap(\.joinKeys)
        let hints = Dictionary(
            joinKeys.map {
                ($0.name, "'\($0.name)' is a join key; an expression reads features and request inputs only")
            }
        ) { first, _ in first }
        for (index, feature) in service.onDemand.enumerated() {
            let node = located.part("onDemand", index)
            if let promise = node.value("promise") { PromiseCheck(check).run(onDemand: feature, promise) }
            var columns = common
            let onDemand = service.onDemand.map { ColumnSchema(name: $0.name, type: $0.type) }
            columns += onDemand + [ColumnSchema(name: "observed_at", type: .timestamp)]
            var seen: Set<String> = []
            // Two columns of one name were reported; the first stands.
            columns = columns.filter { seen.insert($0.name).inserted }
            ExpressionCheck(findings: check.findings, file: node.location.file)
                .compile(feature, node, columns: columns, silent: silent, hints: hints)
        }
        checkCycles()
    }

    private func checkCycles() {
        let names = Set(service.onDemand.map(\.name))
        var uses: [String: [String]] = [:]
        for feature in service.onDemand {
            guard let text = feature.expression,
                case .success(let columns) = TypedExpression.columnsReferenced(in: text)
            else { continue }
            uses[feature.name] = columns.map(\.name).filter(names.contains)
        }
        var reported: Set<String> = []
        for (index, feature) in service.onDemand.enumerated() where !reported.contains(feature.name) {
            guard let cycle = shortestCycle(from: feature.name, uses) else { continue }
            reported.formUnion(cycle)
            let node = located.part("onDemand", index)
            let circle = (cycle + [feature.name]).joined(separator: " -> ")
            check.findings.error(
                DefinitionCode.cycle,
                cycle.count == 1
                    ? "on-demand feature '\(feature.name)' depends on itself"
                    : "on-demand features depend on each other in a circle: \(circle)",
                at: node.value("name")?.location ?? node.location,
                note: cycle.count == 1 ? nil : "each arrow reads 'uses'",
                help: "compute one of them from features and request inputs alone")
        }
    }

    /// The names on a shortest way from a feature back to itself; nil when there is none.
    private func shortestCycle(from start: String, _ uses: [String: [String]]) -> [String]? {
        var cameFrom: [String: String] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let name = queue[next]
            next += 1
            for used in uses[name] ?? [] {
                if used == start {
                    var path = [name]
                    while let before = path.last.flatMap({ cameFrom[$0] }) { path.append(before) }
                    return path.reversed()
                }
                guard cameFrom[used] == nil else { continue }
                cameFrom[used] = name
                queue.append(used)
            }
        }
        return nil
    }
}
