// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel

/// A feature that is computed when it is asked for: by an expression, or as an output of a function in Python.
public struct ComputedFeature: Sendable {
    /// The feature as declared; an output of a function has a name and a type.
    public let feature: Feature
    /// The names in the vector that it is computed from.
    let inputs: [String]
    /// What computes it, equal for equal computations however they are spelled.
    let canonicalText: String

    init(_ compiled: CompiledFeature) {
        feature = compiled.feature
        inputs = compiled.expression.inputs
        canonicalText = compiled.expression.canonicalText
    }

    init(_ output: ColumnSchema, of transform: PythonTransform) {
        feature = Feature(name: output.name, type: output.type)
        inputs = transform.inputs.map(\.name)
        canonicalText = "\(FingerprintForm.transform(transform).fingerprints.value.hex) \(output.name)"
    }
}
