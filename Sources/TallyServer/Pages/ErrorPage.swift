// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The page that a person sees when another cannot be shown.
enum ErrorPage {
    static func reply(_ refusal: Refusal, id: String, project: String) -> Reply {
        let error = refusal.error
        let content =
            HTML.pieces(
                .heading("error \(refusal.status)", error.message, error.help?.text(for: .http)),
                .element("p", with: [("class", "soft")], "request \(id)"))
        return Page(title: "Error \(refusal.status)", project: project, content: content).reply(refusal.status)
    }
}
