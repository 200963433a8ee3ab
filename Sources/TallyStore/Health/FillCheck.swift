// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Compares the online store with the fills in the registry, so that an older store is noticed.
public enum FillCheck {
    /// Checks every view that is applied or filled; one finding for each that differs, else one for all.
    public static func examine(
        _ generations: [OnlineGeneration], registry: any Registry
    ) async throws(TallyError) -> [HealthFinding] {
        var stored = ByName<[OnlineGeneration]>([])
        for generation in generations { stored[generation.view, default: []].append(generation) }
        let applied = try await registry.state().definitions.map(\.node.id).filter { $0.kind == .featureView }.map(
            \.name)
        let isApplied = ByName(applied.map { ($0, true) })
        var findings: [HealthFinding] = []
        for name in (applied + generations.map(\.view)).uniqued(by: { Array($0.utf8) }) {
            let last = try await registry.find(.fill(of: name))
            let finding = Checkup.fill(
                name, generations: stored[name] ?? [], last: last, isApplied: isApplied[name] ?? false)
            if let finding { findings.append(finding) }
        }
        guard findings.isEmpty, !generations.isEmpty else { return findings }
        return [HealthFinding("fills", .kept, "what is stored is what the registry's last fills made")]
    }
}
