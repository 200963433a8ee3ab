// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Finding {
    /// The one shape of a finding for programs: subject, promise, what was seen and promised, verdict, severity, evidence.
    public var json: JSON {
        .object([
            ("id", .string(promise.id)), ("subject", .string(promise.subject)), ("check", .string(promise.check)),
            ("verdict", .string(verdict.rawValue)), ("severity", .string(promise.severity.rawValue)),
            ("executed", .bool(isExecuted)), ("observed", .string(observed)), ("promised", .string(promised)),
            ("description", .optional(promise.description)),
            (
                "evidence",
                .object([
                    ("method", .optional(evidence.method?.rawValue)),
                    ("rows", evidence.rows.map { .int(Int64($0)) } ?? .null),
                    ("failing", evidence.failing.map { .int(Int64($0)) } ?? .null),
                    ("firstRows", .array(evidence.firstRows.map { .int(Int64($0)) })),
                ])
            ),
            (
                "location",
                promise.location.map {
                    .object([
                        ("file", .string($0.file)), ("line", .int(Int64($0.line))), ("column", .int(Int64($0.column))),
                    ])
                } ?? .null
            ),
        ])
    }
}
