// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The functions in Python of one repository, run by the Python of the process.
///
/// Values cross as JSON that keeps every bit, in the forms of `get`: the same for a training set and for a vector.
struct HostedTransforms: TransformRunner {
    let python: PythonHost
    let root: String

    var language: String { python.language }

    /// Rows that are asked for at once: enough to amortise a call, few enough that Ctrl-C does not wait.
    private static let rowsPerCall = 256

    func run(_ transform: PythonTransform, on inputs: Batch, firstRow: Int) throws(TallyError) -> [Column] {
        var values = [[Value]](repeating: [], count: transform.outputs.count)
        var start = 0
        while start < inputs.count {
            guard !Task.isCancelled else {
                throw TallyError(.interrupted, "was interrupted", subject: "transform \(transform.name)")
            }
            let rows = start..<min(inputs.count, start + Self.rowsPerCall)
            let answer = try answer(to: request(transform, inputs.slice(rows)), transform, firstRow + start)
            try take(answer, transform, count: rows.count, firstRow: firstRow + start, into: &values)
            start = rows.upperBound
        }
        return zip(transform.outputs, values).map { Column(type: $0.type, values: $1) }
    }

    private func request(_ transform: PythonTransform, _ rows: Batch) -> JSON {
        let inputs = zip(rows.schema, rows.columns).map { schema, column -> JSON in
            .object([
                ("name", .string(schema.name)), ("type", .string(schema.type.name)),
                ("values", .array((0..<rows.count).map { column[$0].canonical.json })),
            ])
        }
        let outputs = transform.outputs.map { output -> JSON in
            .object([("name", .string(output.name)), ("type", .string(output.type.name))])
        }
        return .object([
            ("root", .string(root)), ("source", .string(transform.source)),
            ("sha256", .optional(transform.sha256)), ("function", .string(transform.function)),
            ("mode", .string(transform.mode.rawValue)),
            ("requirements", .array(transform.requirements.map { .string($0.text) })),
            ("count", .int(Int64(rows.count))), ("inputs", .array(inputs)), ("outputs", .array(outputs)),
        ])
    }

    /// The columns of Python's answer; its error as ours.
    private func answer(
        to request: JSON, _ transform: PythonTransform, _ firstRow: Int
    ) throws(TallyError) -> [JSON] {
        guard let text = python.ask(request.compactText), let answer = try? JSON(parsing: text) else {
            throw failure(transform, "python gave no answer")
        }
        if let columns = answer["columns"]?.arrayValue { return columns }
        let error = answer["error"]
        let row = error?["row"]?.intValue.map { "row \(firstRow + Int($0)): " } ?? ""
        throw failure(
            transform, row + (error?["message"]?.stringValue ?? "python gave an answer of no known form"),
            help: error?["help"]?.stringValue)
    }

    /// Adds the values of an answer, each of the promised type or none.
    private func take(
        _ columns: [JSON], _ transform: PythonTransform, count: Int, firstRow: Int, into values: inout [[Value]]
    ) throws(TallyError) {
        guard columns.count == transform.outputs.count else {
            throw failure(transform, "\(columns.count) outputs came for \(transform.outputs.count) promised ones")
        }
        for (index, output) in transform.outputs.enumerated() {
            let elements = columns[index].arrayValue ?? []
            guard elements.count == count else {
                throw failure(transform, "output '\(output.name)' has \(elements.count) values for \(count) rows")
            }
            for (row, element) in elements.enumerated() {
                guard let value = Value(element, as: output.type) else {
                    throw failure(
                        transform, "row \(firstRow + row): output '\(output.name)' is no \(output.type)",
                        help: "declare the type that the function gives, or give the one that is declared")
                }
                values[index].append(value.canonical)
            }
        }
    }

    private func failure(_ transform: PythonTransform, _ message: String, help: String? = nil) -> TallyError {
        TallyError(.transform, message, subject: "transform \(transform.name)", help: help.map { Advice($0) })
    }
}
