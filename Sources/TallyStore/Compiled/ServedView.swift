// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A view that is served: its stored rows, their fingerprint, and the way they are read.
public struct ServedView: Sendable {
    /// The compiled view that computes its stored values.
    public let compiled: CompiledView
    /// Its fingerprints; rows are stored under `storage`.
    public let fingerprints: Fingerprints
    /// The stored features in declared order.
    public let features: [ColumnSchema]
    let decoder: RowDecoder

    /// The view's name.
    public var name: String { compiled.view.name }

    init(_ view: FeatureView, in definitions: RecordedDefinitions) throws(TallyError) {
        guard let node = definitions.nodes[.view(view.name)] else {
            throw TallyError(.internal, "a recorded view has no node", subject: "view \(view.name)")
        }
        compiled = try CompiledView(view, in: definitions.set)
        fingerprints = node.fingerprints
        features = view.features.map { ColumnSchema(name: $0.name, type: $0.type) }
        decoder = RowDecoder(types: features.map(\.type))
    }
}
