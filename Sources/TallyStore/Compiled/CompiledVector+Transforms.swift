// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension CompiledVector {
    /// Throws `E-needs-python` where something of the service is computed in Python and nobody here runs it.
    func expect(_ runner: (any TransformRunner)?) throws(TallyError) {
        guard let first = transforms.first, runner == nil else { return }
        throw TallyError(
            .needsPython, "transform '\(first.name)' is a function in Python, which this program does not run",
            subject: "service \(service.name)",
            help: "use the Python package, where `tallystick.open(…)` has `get` and `train` for it; or write an "
                + "expression under `onDemand:`")
    }

    /// The outputs of the functions in Python, in the order of the vector.
    ///
    /// `known` holds the features, the request inputs and the on-demand features under their names in the vector.
    func transformed(
        _ known: Batch, by runner: (any TransformRunner)?, firstRow: Int
    ) throws(TallyError) -> [Column] {
        try expect(runner)
        guard let runner else { return [] }
        var results: [Column] = []
        for transform in transforms {
            guard known.count > 0 else {
                results += transform.outputs.map { Column.nulls(type: $0.type, count: 0) }
                continue
            }
            let inputs = Batch(
                schema: transform.inputs, columns: transform.inputs.compactMap { known[$0.name] }, count: known.count)
            let outputs = try runner.run(transform, on: inputs, firstRow: firstRow)
            precondition(
                outputs.map(\.type) == transform.outputs.map(\.type)
                    && outputs.allSatisfy { $0.count == known.count },
                "a runner gave other columns than it was asked for")
            results += outputs
        }
        return results
    }
}
