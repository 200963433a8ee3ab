// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The check of the number of invalid values.
    static let invalidValues = Check(
        "invalidValues", .table, fits: .any,
        "the number of values that are not among `validValues`, or do not match `pattern`, keeps a "
            + "threshold",
        rules: "a value that fails both counts once; null is not invalid; percent is of all rows"
    ) { promise, table in
        guard let column = promise.column, let found = table[column] else { return .absent("few invalid", promise) }
        var tests: [RowTest] = []
        if let valid = promise.arguments["valid"]?.arrayValue ?? promise.arguments["validValues"]?.arrayValue {
            guard let test = ValueList.among(valid, found) else {
                return .unexecutable("few invalid", "not every listed value is one of \(found.nativeType)")
            }
            tests.append(RowTest(found.name, test))
        }
        if let pattern = promise.arguments["pattern"]?.stringValue {
            let prepared = Prepared.pattern(pattern, promised: "few invalid", promise, table)
            if prepared.obstacle != nil { return prepared }
            tests += prepared.rowTests
        }
        guard !tests.isEmpty else {
            return .unexecutable("few invalid", "neither validValues nor pattern says what is valid")
        }
        return Metric.prepare(promise, "are invalid", counts: [.failures(tests)])
    }
}
