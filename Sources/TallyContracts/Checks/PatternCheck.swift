// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The texts have a match of a pattern.
    static let pattern = Check(
        "pattern", .row, fits: .texts, "texts have a match of an ECMA-262 pattern, anywhere unless anchored",
        rules: "the regular subset: no look-around, no back-references; time is linear in the text; null is no text"
    ) { promise, table in
        let text = promise.arguments["pattern"]?.stringValue ?? ""
        return .pattern(text, promised: "a match of '\(text)'", promise, table)
    }
}
