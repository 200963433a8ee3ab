// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Errors as Feast's server writes them: what the body's model refuses is `{"detail": [...]}`, everything else a JSON
/// string that holds JSON with a module, a class of `feast.errors` and a message.
enum FeastErrors {
    static func reply(_ refusal: Refusal, id: String) -> Reply {
        switch refusal {
        case .body(let problem):
            return .json(refusal.status, detail(problem))
        case .contentType:
            return .json(refusal.status, detail(BodyProblem("Input should be a valid dictionary or object")))
        case .filling(let views):
            return .json(
                refusal.status,
                .object([
                    ("error", .string(refusal.error.message)), ("feature_views", .array(views.map { .string($0) })),
                ]))
        case .failed, .tooLarge, .bodyMissing, .bodyMalformed, .busy, .full, .hostMissing, .foreignHost, .tokenMissing,
            .tokenUnknown,
            .tokenTooNarrow, .overdue, .notYet, .unknownPath, .wrongMethod:
            return .json(refusal.status, envelope(refusal, id: id))
        }
    }

    private static func detail(_ problem: BodyProblem) -> JSON {
        let place: [JSON] = problem.place.map { step in
            switch step {
            case .member(let name): .string(name)
            case .element(let index): .int(Int64(index))
            }
        }
        return .object([
            (
                "detail",
                .array([
                    .object([
                        ("type", .string(problem.kind == .syntax ? "json_invalid" : "value_error")),
                        ("loc", .array([.string("body")] + place)), ("msg", .string(problem.message)),
                    ])
                ])
            )
        ])
    }

    private static func envelope(_ refusal: Refusal, id: String) -> JSON {
        let error = refusal.error
        var message = (error.subject.map { $0 + ": " } ?? "") + error.message
        if let help = error.help { message += " (\(help.text(for: .http)))" }
        if error.code == .internal { message += " (request \(id))" }
        let inner = JSON.object([
            ("module", .string("feast.errors")), ("class", .string(className(refusal, error))),
            ("message", .string(message)),
        ])
        return .string(inner.compactText)
    }

    /// A class that the client can make out of the message alone; it falls back to a plain error for `FeastError`.
    private static func className(_ refusal: Refusal, _ error: TallyError) -> String {
        if error.code == .denied { return "FeastPermissionError" }
        guard case .failed = refusal, error.code == .notFound else { return "FeastError" }
        if error.message.hasPrefix("there is no feature service") { return "FeatureServiceNotFoundException" }
        if error.message.contains("feature view") { return "FeatureViewNotFoundException" }
        return "FeastError"
    }
}
