// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// All checks, in the order of the documentation.
public enum CheckCatalogue {
    /// The checks.
    public static let all: [Check] =
        [
            .present, .undeclared, .logicalType, .physicalType, .numberFormat,
            .required, .finite, .range, .multipleOf, .length, .pattern, .format, .enum, .items, .vector, .expression,
            .notInFuture, .knownAfterEvent,
            .nullValues, .missingValues, .invalidValues, .duplicateValues, .unique, .rowCount, .rowCountChange,
            .distinctCount, .reference, .freshness, .latency, .frequency,
        ] + Check.aggregates + [.sql] + Check.unexecuted

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The check of a name; nil when there is none.
    public static subscript(name: String) -> Check? { byName[name] }

    /// Returns the part of a table that a promise is checked against.
    public static func scope(of promise: Promise, in table: TableContext) -> Finding.Scope {
        scope(of: promise, prepared: prepare(promise, for: table))
    }

    /// Returns the part of a table that a prepared promise is checked against; an unknown check examines nothing.
    static func scope(of promise: Promise, prepared: Prepared) -> Finding.Scope {
        self[promise.check]?.level.scope(prepared: prepared) ?? .elsewhere
    }

    /// Makes a promise ready for a table; a promise of an unknown check cannot be executed.
    public static func prepare(_ promise: Promise, for table: TableContext) -> Prepared {
        guard let check = self[promise.check] else {
            let near = nearestName(to: promise.check, among: all.map(\.name)).map { "; '\($0)' is near" } ?? ""
            return .unexecutable("check \(promise.check)", "there is no check '\(promise.check)'" + near)
        }
        if let column = promise.column, let unread = table.unread(column) {
            return self.unread(promise, unread)
        }
        return check.prepare(promise, table)
    }

    /// A promise about a column that is there and whose values are not looked at.
    private static func unread(_ promise: Promise, _ native: String) -> Prepared {
        switch promise.check {
        case "present": return .settled("the column is there", .kept, "it is there")
        case "logicalType":
            let written = promise.arguments["type"]?.stringValue ?? ""
            guard let type = LogicalType(rawValue: written), let found = LogicalType(unread: native) else { break }
            return .settled("logical type \(written)", type == found ? .kept : .broken, "the data hold \(native)")
        default: break
        }
        return .unexecutable(promise.check, "the data hold \(native): its values are not looked at")
    }
}
