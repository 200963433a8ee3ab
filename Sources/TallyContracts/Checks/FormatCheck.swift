// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension Check {
    /// The texts have the form that a word of the standard names.
    static let format = Check(
        "format", .row, fits: .texts,
        "texts are an `email`, `uuid`, `uri`, `hostname`, `ipv4`, `ipv6`, `date`, `time` or `date-time`",
        rules: "the whole text; forms are those of the RFCs that JSON Schema names, without look-ups; null is no text"
    ) { promise, table in
        let name = promise.arguments["format"]?.stringValue ?? ""
        guard let pattern = TextForm.patterns[name.lowercased()] else {
            return .unexecutable("format \(name)", "the form '\(name)' is not known")
        }
        return .pattern(pattern, promised: "format \(name)", promise, table)
    }
}
