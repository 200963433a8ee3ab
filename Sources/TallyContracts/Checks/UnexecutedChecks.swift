// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// Promises that are kept elsewhere, or by people; each says so on every run.
    static let unexecuted: [Check] = [
        never("text", "a rule in words", "a rule in words is for people"),
        never("custom", "a rule of another engine", "it is written for another engine"),
        never(
            "serviceLevel", "a service level that is no property of the data", "it is no property of the data at hand"),
        Check(
            "inert", .elsewhere, "a rule of the library that says nothing that data can be held against",
            rules: "told as not executed on every run"
        ) { promise, _ in
            .unexecutable(
                promise.description ?? promise.arguments["metric"]?.stringValue ?? "a rule",
                promise.arguments["reason"]?.stringValue ?? "nothing can be made of it")
        },
        never("timeFormat", "a way to write times", "the data hold times, not texts of times"),
        never("timezone", "a zone for times", "the data hold instants; the source's timeZone says how they are read"),
        never("nested", "what is promised about parts of a value", "parts of a value are not looked at"),
        never("properties", "the fields of an object", "fields inside objects are not looked at"),
    ]

    private static func never(_ name: String, _ summary: String, _ reason: String) -> Check {
        Check(name, .elsewhere, summary, rules: "told as not executed on every run") { promise, _ in
            let words = promise.description ?? promise.arguments["property"]?.stringValue
            return .unexecutable(words ?? summary, reason)
        }
    }
}
