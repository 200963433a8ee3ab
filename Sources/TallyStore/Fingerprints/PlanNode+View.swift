// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension PlanNode {
    /// The view that the node's document describes; nil for other kinds, and for a document that this version cannot read.
    public var view: FeatureView? { id.kind == .featureView ? DefinitionDocument.view(document) : nil }
}
