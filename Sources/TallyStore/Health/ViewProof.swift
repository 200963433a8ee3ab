// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Proves that the cells of a view are those that were written: a walk through all of them, counted and digested.
public enum ViewProof {
    /// Walks through a generation's cells, on the calling thread; takes time linear in them.
    ///
    /// The file's structure must be whole. Throws `E-interrupted` when the task is cancelled.
    public static func prove(
        _ generation: OnlineGeneration, in store: any OnlineStore
    ) async throws(TallyError) -> HealthFinding {
        let what = "view \(generation.view)"
        var keys = 0
        do throws(TallyError) {
            try await store.scan(generation.storage) { (_, _) throws(TallyError) in
                keys += 1
                guard !Task.isCancelled else { throw TallyError(.interrupted, "was interrupted", subject: what) }
            }
        } catch {
            guard error.code == .corrupt else { throw error }
            return HealthFinding(what, error)
        }
        guard generation.digest != nil else {
            return HealthFinding(
                what, .unproven,
                "\(keys) keys are readable; generation \(generation.number) has no digest of its cells",
                advice: "run `\(.materialize([generation.view], full: true))` once: fills keep a digest since")
        }
        return HealthFinding(
            what, .kept, "all \(keys) keys of generation \(generation.number) are as they were written")
    }
}
