// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The checks that other systems or people make; each is reported as not executed on every run.
    static let unexecuted: [Check] = [
        never("text", "a rule in words", "a rule in words is for people"),
        never("custom", "a rule of another engine", "it is written for another engine"),
        never(
            "serviceLevel", "a service level that is no property of the data", "it is no property of the data at hand"),
        Check(
            "inert", .elsewhere, fits: .any, "a rule of the library that says nothing that data can be held against",
            rules: "told as not executed on every run"
        ) { promise, _ in
            .unexecutable(
                promise.description ?? promise.arguments["metric"]?.stringValue ?? "a rule",
                promise.arguments["reason"]?.stringValue ?? "nothing can be made of it")
        },
        timeFormat,
        never("timezone", "a zone for times", "the data hold instants; the source's timeZone says how they are read"),
        never("nested", "what is promised about parts of a value", "parts of a value are not looked at"),
        never("properties", "the fields of an object", "fields inside objects are not looked at"),
    ]

    /// In text the pattern is what the column is read by, and a text that does not fit breaks the logical type.
    private static let timeFormat = Check(
        "timeFormat", .elsewhere, fits: .any, "the form in which times are written",
        rules:
            "texts of CSV and JSON are read by it, and one that does not fit breaks `logicalType`; told as not executed, as it "
            + "promises nothing of its own"
    ) { promise, table in
        let promised = promise.description ?? "the form '\(promise.arguments["format"]?.stringValue ?? "")'"
        let isText = promise.column.flatMap { table[$0] }?.isText ?? false
        return .unexecutable(
            promised,
            isText
                ? "the column is read by it, and what does not fit is told by the logical type"
                : "the data hold times, not texts of times")
    }

    private static func never(_ name: String, _ summary: String, _ reason: String) -> Check {
        Check(name, .elsewhere, fits: .any, summary, rules: "told as not executed on every run") { promise, _ in
            let words = promise.description ?? promise.arguments["property"]?.stringValue
            return .unexecutable(words ?? summary, reason)
        }
    }
}
