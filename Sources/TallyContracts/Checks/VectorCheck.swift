// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The lists are vectors of one dimension, without holes.
    static let vector = Check(
        "vector", .row, fits: .lists,
        "lists have `dimensions` elements of the element type, none null, of length 1 when `normalized`",
        rules: "the element type is the column's; the length is Euclidean, 1 but for 0.001; null is no vector"
    ) { promise, table in
        let dimensions = Int(clamping: promise.arguments["dimensions"]?.intValue ?? 0)
        let elementType = promise.arguments["elementType"]?.stringValue
        let isNormalized = promise.arguments["normalized"]?.boolValue ?? false
        let promised =
            "vectors of \(dimensions) \(elementType ?? "numbers")" + (isNormalized ? ", normalized" : "")
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard dimensions > 0 else { return .unexecutable(promised, "the number of dimensions is missing") }
        let elements: [String: DataType] = ["float32": .float32, "float64": .float64]
        guard case .array(let element) = found.type, element.isNumeric else {
            return .settled(promised, .broken, "the data hold \(found.nativeType)")
        }
        if let elementType {
            guard let wanted = elements[elementType] ?? (elementType.contains("int8") ? .int32 : nil) else {
                return .unexecutable(promised, "elements of type \(elementType) cannot be told apart here")
            }
            if wanted != element { return .settled(promised, .broken, "the data hold \(found.nativeType)") }
        }
        var tests: [RowTest.Kind] = [.items(dimensions...dimensions), .fullItems]
        if isNormalized { tests.append(.unitLength(tolerance: 0.001)) }
        return .values(promised, found.name, tests, failing: "are no such vectors")
    }
}
