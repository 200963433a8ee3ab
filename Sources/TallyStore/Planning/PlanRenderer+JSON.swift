// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension PlanRenderer {
    /// A plan as JSON: project, generation, changes, releases, what needs a backfill.
    public static func json(_ plan: Plan) -> JSON {
        let readWhole = plan.sourcesReadWhole
        return .object([
            ("project", .string(plan.project)), ("generation", .int(Int64(plan.generation))),
            ("isEmpty", .bool(plan.isEmpty)), ("definitions", .int(Int64(plan.nodes.count))),
            ("changes", .array(plan.changes.map { json($0, isReadWhole: readWhole[$0.id] != nil) })),
            ("backfills", .array(plan.backfills.map { .string($0) })),
            (
                "candidates",
                .array(
                    plan.candidates.map {
                        .object([("service", .string($0.service)), ("fingerprint", .string($0.fingerprint.hex))])
                    })
            ),
            (
                "transitions",
                .array(
                    plan.transitions.map {
                        .object([
                            ("service", .string($0.service)), ("number", .int(Int64($0.number))),
                            ("state", .string($0.state.rawValue)),
                        ])
                    })
            ),
        ])
    }

    private static func json(_ change: Change, isReadWhole: Bool) -> JSON {
        .object([
            ("action", .string(change.action.rawValue)), ("kind", .string(change.id.kind.rawValue)),
            ("name", .string(change.id.name)), ("effect", .string(change.effect.rawValue)),
            ("needsBackfill", .bool(change.needsBackfill)),
            ("isReadWhole", .bool(isReadWhole)),
            (
                "fields",
                .array(
                    change.fields.map { field in
                        .object([
                            ("path", .array(field.path.map { .string($0) })), ("old", .optional(field.old)),
                            ("new", .optional(field.new)),
                        ])
                    })
            ),
            ("before", change.before?.json ?? .null), ("after", change.after?.json ?? .null),
            ("causes", .array(change.causes.map(\.json))), ("dependents", .array(change.dependents.map(\.json))),
        ])
    }
}
