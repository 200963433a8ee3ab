// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check that texts are neither too short nor too long.
    static let length = Check(
        "length", .row, fits: .texts, "texts have between `minLength` and `maxLength` code points",
        rules: "Unicode code points, both ends closed; the empty text has length 0; null is no text"
    ) { promise, table in
        let low = promise.arguments["minimum"]?.intValue.map { Int(clamping: $0) }
        let high = promise.arguments["maximum"]?.intValue.map { Int(clamping: $0) }
        let bounds = Bounds.all(promise.arguments).map(\.words).joined()
        let promised = "length \(bounds)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard found.type == .string, !found.isDecimal else {
            return .unexecutable(promised, "\(found.nativeType) is no text")
        }
        guard max(0, low ?? 0) <= high ?? .max else { return .unexecutable(promised, "no length is in that range") }
        return .values(
            promised, found.name, [.length(max(0, low ?? 0)...(high ?? .max))], failing: "have another length")
    }
}
