// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Messages of the YAML parser with fixed meanings, translated for the author of the file.
struct PlainWords: Sendable {
    /// The prefixes of the parser's messages.
    let problems: [String]
    let code: DiagnosticCode
    let message: String
    let help: String
    /// Whether the place is where the parser began to read the thing, not where it gave up.
    var isAtBegin = false

    /// Every complaint with fixed words.
    static let all = [
        PlainWords(
            problems: ["found unexpected end of stream", "found unexpected document indicator"],
            code: DefinitionCode.unclosed, message: "the quote is not closed",
            help: "close it, or double it if it is part of the text", isAtBegin: true),
        PlainWords(
            problems: [
                "found unknown escape character", "did not find expected hexdecimal number",
                "found invalid Unicode character escape code",
            ],
            code: DefinitionCode.syntax, message: "the escape is unknown in double quotes",
            help: "write '\\\\' for a backslash, or use single quotes"),
        PlainWords(
            problems: ["found undefined alias", "did not find expected alphabetic or numeric character"],
            code: DefinitionCode.anchor,
            message: "a value that starts with '*' or '&' is an alias or anchor, which are not read",
            help: "put the value in quotes if it is text"),
        PlainWords(
            problems: ["did not find expected node content"], code: DefinitionCode.syntax,
            message: "a value is missing here",
            help: "write one, or close the bracket before it; quote text that starts with a sign"),
        PlainWords(
            problems: ["found unexpected ':'"], code: DefinitionCode.syntax,
            message: "there is no space behind this ':'", help: "write 'key: value', with a space behind the colon"),
        PlainWords(
            problems: [
                "did not find expected whitespace or line break", "did not find expected tag URI",
                "found undefined tag handle",
            ],
            code: DefinitionCode.tag, message: "a value that starts with '!' is a YAML tag, which is not read",
            help: "put the value in quotes if it is text", isAtBegin: true),
        PlainWords(
            problems: ["Maximum nesting level"], code: DefinitionCode.syntax,
            message: "lists and mappings are nested too deeply", help: "definitions are at most five levels deep"),
    ]
}
