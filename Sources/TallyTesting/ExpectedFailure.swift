// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import Testing

/// Expects a failure with a code, and returns its message.
@discardableResult
func expect(
    _ code: TallyError.Code, sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: () async throws(TallyError) -> Void
) async -> String? {
    do throws(TallyError) {
        try await body()
        Issue.record("expected \(code.name)", sourceLocation: sourceLocation)
        return nil
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error.message
    }
}
