// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Promise {
    /// The one form of promises that say the same in other words; name, severity and reaction stay.
    ///
    /// Columns that tell rows apart have no order. Not one row of a hundred is not one row at all, whichever operator says
    /// so; not one null is `required`, and not one duplicate is `unique`.
    var normal: Promise {
        switch check {
        case "unique": return with("unique", ["columns": .array(Self.sorted(Implication.unique(self)))])
        case "duplicateValues":
            let columns = JSON.array(Self.sorted(Implication.unique(self)))
            if isNone { return with("unique", ["columns": columns]) }
            var rest = arguments
            rest["properties"] = nil
            rest["columns"] = columns
            return with(check, rest)
        case "nullValues": return isNone && column != nil ? with("required", [:]) : self
        case "missingValues", "invalidValues":
            guard isNone else { return self }
            return with(check, Implication.rest(self).merging(["mustBe": .int(0), "unit": .string("rows")]) { $1 })
        case _: return self
        }
    }

    /// Whether a threshold for some of the rows admits none.
    private var isNone: Bool {
        guard Comparison(arguments) != nil, let numbers = NumberSet([self]), numbers.holds(0) else { return false }
        return NumberSet.probes(numbers.thresholds, NumberSet.domain(self)).allSatisfy { $0 <= 0 || !numbers.holds($0) }
    }

    private static func sorted(_ names: Set<ExactName>) -> [JSON] {
        names.sorted().map { .string($0.text) }
    }

    private func with(_ check: String, _ arguments: [String: JSON]) -> Promise {
        Promise(
            id: id, object: object, column: check == "unique" ? nil : column, check: check, arguments: arguments,
            severity: severity, reaction: reaction, description: description, location: location)
    }
}
