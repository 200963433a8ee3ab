// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Checkup {
    /// Returns a finding when a view's stored rows are not those of its last recorded fill; nil when they are.
    ///
    /// `generations` are all that the store holds under the view's name, `last` the registry's last fill of it. What is
    /// stored is compared with what was made: number, count and digest of the cells, files and positions.
    public static func fill(
        _ view: String, generations: [OnlineGeneration], last: RunRecord?, isApplied: Bool
    ) -> HealthFinding? {
        let what = "fill of \(view)"
        guard let last, case .fill(let number) = last.detail else {
            guard !generations.isEmpty else { return nil }
            return HealthFinding(
                what, .unproven,
                "the registry knows of no fill of it: the fill was killed, or the registry is an older one",
                advice: "where nobody fills now, run `\(.materialize([view], full: true))`")
        }
        guard !generations.contains(where: { Fingerprint(of: $0.json) == last.identity }) else { return nil }
        guard let newest = generations.map({ Int64($0.number) }).max() else {
            guard isApplied else { return nil }
            return HealthFinding(
                what, .unproven,
                "generation \(number) was filled at \(last.startedAt), and the store holds nothing of it",
                advice: "run `\(.materialize([view]))`, or put the store back that was filled")
        }
        guard newest <= number else {
            return HealthFinding(
                what, .unproven,
                "the store holds generation \(newest), and the registry knows \(number) as the last one: the fill was killed, or "
                    + "the registry is an older one",
                advice: "where nobody fills now, run `\(.materialize([view], full: true))`")
        }
        return HealthFinding(
            what, .broken,
            newest == number
                ? "the store holds another generation \(number) than the one that was filled at \(last.startedAt)"
                : "the store holds generation \(newest), and generation \(number) was filled at \(last.startedAt): it is an older "
                    + "store",
            advice: "put the store back that was filled, or run `\(.materialize([view], full: true))`")
    }
}
