// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The lists have the right number of elements.
    static let items = Check(
        "items", .row, fits: .any,
        "lists have between `minItems` and `maxItems` elements, all different with `uniqueItems`",
        rules: "null elements count as elements; null is no list"
    ) { promise, table in
        let low = promise.arguments["minimum"]?.intValue.map { Int(clamping: $0) } ?? 0
        let high = promise.arguments["maximum"]?.intValue.map { Int(clamping: $0) } ?? .max
        let isUnique = promise.arguments["unique"]?.boolValue ?? false
        let promised =
            "lists of \(Bounds.all(promise.arguments).map(\.words).joined()) elements"
            + (isUnique ? ", all different" : "")
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard case .array = found.type, max(0, low) <= high else {
            return .unexecutable(promised, "\(found.nativeType) has no such lists")
        }
        var tests: [RowTest.Kind] = [.items(max(0, low)...high)]
        if isUnique { tests.append(.distinctItems) }
        return .values(promised, found.name, tests, failing: "are no such lists")
    }
}
