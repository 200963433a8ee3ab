// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
public import TallyStore

extension FeatureStore {
    /// A training set of files without definitions, and the definitions that were made for it.
    public struct JoinedFrames: Sendable {
        /// The manifest of the training set.
        public let manifest: TrainingManifest
        /// The definitions, as YAML.
        public let definitions: String
        /// The features, in the order of the training set.
        public let features: [FrameFeature]
        /// The columns of sources that became no feature.
        public let leftOut: [LeftOut]
    }

    /// Joins files that have no definitions point in time: makes definitions in this folder, applies them, and trains.
    ///
    /// So each value is what `train` gives, by the same code. Columns are named `source__feature`. The folder must hold no
    /// repository yet. Throws `E-misuse` for columns that are not there, `E-invalid-data` for keys that cannot meet, and what
    /// `train` throws.
    public func join(_ frames: FrameJoin, output: String) async throws(TallyError) -> JoinedFrames {
        let repository = try await FrameRepository(frames, in: self)
        return JoinedFrames(
            manifest: try await train(repository, frames, output: output), definitions: repository.definitions,
            features: repository.features, leftOut: repository.leftOut)
    }

    /// Applies a repository that was made for files, and trains its one service.
    func train(
        _ repository: FrameRepository, _ frames: FrameJoin, output: String
    ) async throws(TallyError) -> TrainingManifest {
        _ = try await apply()
        return try await train(
            TrainingRequest(
                service: FrameRepository.service, spine: frames.spine, output: output,
                ignoresKnownTime: frames.ignoresKnownTime, timeColumn: frames.timeColumn, usesFullFeatureNames: true,
                partBytes: limits.spineBytes))
    }
}
