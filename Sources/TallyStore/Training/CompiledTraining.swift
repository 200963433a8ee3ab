// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The decisions that are made before the first row of a training set is read.
struct CompiledTraining {
    let plan: CompiledVector
    let spine: SpinePlan
    let label: CompiledLabel?
    let columns: TrainingColumns
    let worker: PartWorker
    let rowsPerPart: Int
    let asOf: Timestamp
    let spineFingerprint: Fingerprint
    let sources: [PreparedSource]
    let warnings: [Advice]
    let notes: [String]
    let coverage: [String]
    /// The files of the run as they were looked at.
    let looked: [LookedFiles]
    /// Files whose rows count as known only since they were first seen, by source.
    let lateFiles: [String: [String]]
}
