// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import HTTPTypes
internal import TallyModel

/// Errors of the native API: `{"error": {"code", "message", "subject", "help", "requestId"}}`.
enum NativeErrors {
    static func reply(_ refusal: Refusal, id: String) -> Reply {
        let error = refusal.error
        return .json(
            refusal.status,
            .object([
                (
                    "error",
                    .object([
                        ("code", .string(error.code.name)), ("message", .string(error.message)),
                        ("subject", .optional(error.subject)), ("help", .optional(error.help?.text(for: .http))),
                        ("requestId", .string(id)),
                    ])
                )
            ]))
    }
}
