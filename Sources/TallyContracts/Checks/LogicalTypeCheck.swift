// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The column holds values of the standard's type, whatever the system calls it.
    static let logicalType = Check(
        "logicalType", .schema, fits: .any,
        "the column is of the declared logical type, in Parquet, CSV and JSON alike",
        rules:
            "`integer` refuses float columns even of whole numbers; `number` takes integers, floats and decimals; a text file's "
            + "column is of a type when each of its values can be read as one, a `time` being hours and minutes, perhaps with "
            + "seconds, a fraction and an offset; where the contract gives the form of times (`format`), by that form alone"
    ) { promise, table in
        let written = promise.arguments["type"]?.stringValue ?? ""
        let promised = "logical type \(written)"
        guard let column = promise.column, let found = table[column] else { return .absent(promised, promise) }
        guard let type = LogicalType(rawValue: written) else {
            return .unexecutable(promised, "'\(written)' is no type of the standard")
        }
        let isAccepted = type.accepts(found)
        let format = table.object?.timeFormat(of: column)?.pattern
        if isAccepted, let readability = found.readability {
            return Prepared(
                promised: promised,
                work: .rows(
                    [RowTest(readability, .among([.bool(true)]))], column: readability,
                    failing: "cannot be read as \(found.type)\(format.map { " '\($0)'" } ?? "")"))
        }
        guard found.isText, found.type == .string, !isAccepted else {
            return .settled(promised, isAccepted ? .kept : .broken, "the data hold \(found.nativeType)")
        }
        // A column of a text file that has no values looks like text.
        let counts: [Measure] = [.rows, .nulls(found.name)]
        if type == .time, let format, TextForm.timeOfDay(format) == nil {
            return .unexecutable(promised, "the form '\(format)' of times of day is not read here")
        }
        let text = format.flatMap(TextForm.timeOfDay) ?? TextForm.timeOfDay
        guard type == .time, let form = try? Pattern(text) else {
            return Prepared(
                promised: promised,
                work: .measures(counts) { measured in
                    guard measured[0] != measured[1] else { return .noEvidence("there are no values") }
                    return Judgement(verdict: .broken, observed: "the data hold text")
                })
        }
        // There is no type of ours for times of day: each text is looked at.
        let pattern = RowTest.PatternText(text: form.text, engineText: form.engineText)
        return Prepared(
            promised: promised,
            work: .measures(counts + [.failures([RowTest(found.name, .pattern(pattern))])]) { measured in
                guard let rows = measured[0].countValue, let nulls = measured[1].countValue,
                    let failing = measured[2].countValue
                else { return .noEvidence("the engine gave no count") }
                guard rows > nulls else { return .noEvidence("there are no values") }
                return Judgement(
                    verdict: failing == 0 ? .kept : .broken,
                    observed: failing == 0
                        ? "all \(Phrases.count(rows - nulls, "value"))"
                        : "\(failing.grouped) of \(Phrases.count(rows - nulls, "value")) are no times")
            })
    }
}
