// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The request to make a training set.
public struct TrainingRequest: Sendable, Hashable {
    /// The spine's time column when none is named.
    public static let defaultTimeColumn = "event_timestamp"

    /// The service whose vector is built.
    public let service: String
    /// The spine: a Parquet or CSV file, absolute or relative to the repository.
    public let spine: String
    /// The file to write; its format follows from its extension.
    public let output: String
    /// The instant up to which labels count as ripe; nil for the time of the run.
    public let asOf: Timestamp?
    /// Whether known times are ignored (`--known ignore`), for comparison only.
    public let ignoresKnownTime: Bool
    /// The spine's time column.
    public let timeColumn: String
    /// Whether features are named `view__feature`.
    public let usesFullFeatureNames: Bool
    /// The options by which the text of a CSV or JSON spine becomes values.
    public let spineText: TextOptions
    /// Whether the training set is wanted although first-seen times hide much of it; changes no row.
    public let acceptsRewritten: Bool
    /// The bytes that the spine side may take at once; larger spines are done in parts.
    public let partBytes: Int

    /// Describes a training set.
    public init(
        service: String, spine: String, output: String, asOf: Timestamp? = nil, ignoresKnownTime: Bool = false,
        timeColumn: String = TrainingRequest.defaultTimeColumn, usesFullFeatureNames: Bool = false,
        spineText: TextOptions = .plain, acceptsRewritten: Bool = false, partBytes: Int = 2 << 30
    ) {
        self.service = service
        self.spine = spine
        self.output = output
        self.asOf = asOf
        self.ignoresKnownTime = ignoresKnownTime
        self.timeColumn = timeColumn
        self.usesFullFeatureNames = usesFullFeatureNames
        self.spineText = spineText
        self.acceptsRewritten = acceptsRewritten
        self.partBytes = partBytes
    }
}
