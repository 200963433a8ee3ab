// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The request for vectors: entities, inputs and an instant.
public struct VectorRequest: Sendable {
    /// One row an entity: a column for each of the layout's `keys`, of its type; a null finds nothing.
    public let keys: Batch
    /// The inputs, one row for each entity: a column for each of the layout's `inputs`, of its type.
    public let inputs: Batch
    /// The instant; nil for now.
    public let at: Timestamp?

    /// Asks for vectors; both batches have one row for each entity.
    public init(keys: Batch, inputs: Batch, at: Timestamp? = nil) {
        precondition(keys.count == inputs.count, "\(keys.count) keys with \(inputs.count) inputs")
        self.keys = keys
        self.inputs = inputs
        self.at = at
    }
}

/// The offline engine and sources that answer an instant before the online rows begin.
public struct OfflineFallback: Sendable {
    /// The engine that joins.
    public let engine: any OfflineEngine
    /// Lists and records the sources' files.
    public let sources: SourcePreparer

    /// Answers with an engine over prepared sources.
    public init(engine: any OfflineEngine, sources: SourcePreparer) {
        self.engine = engine
        self.sources = sources
    }
}
