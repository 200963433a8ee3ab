// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension FeatureStore {
    /// Runs work that needs no repository of the user's in a private folder, which is gone afterwards.
    public static func inPrivateFolder<Result>(
        host: Host, limits: EngineLimits, _ work: (FeatureStore) async throws(TallyError) -> Result
    ) async throws(TallyError) -> Result {
        let folder = try ScratchFolder.make()
        defer { ScratchFolder.remove(folder) }
        return try await work(FeatureStore(root: folder, host: host, limits: limits))
    }
}
