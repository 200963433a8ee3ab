// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension FunctionCatalogue {
    static let text: [FunctionRecord] = [
        FunctionRecord(
            name: "||", group: .text, notation: "s || t",
            form: .signatures([Signature([.string, .string], .string, TextKernels.concatenate)]),
            summary: "The strings one after the other.", isFunction: false),
        FunctionRecord(
            name: "like", group: .text, notation: "s [not] like pattern [escape c]", form: .special,
            types: "(string, string) → bool",
            summary: "Whether the whole string fits: `%` any characters, `_` one code point, after the escape "
                + "character a sign stands for itself. Case counts. There is no escape character unless given. A "
                + "pattern that ends in the escape character is undefined.", findings: .undefinedResult,
            isFunction: false),
        function(
            "concat", "concat(s, ...)",
            .uniform(FunctionRecord.Uniform(minimum: 1, types: [.string], kernel: { _ in TextKernels.concat })),
            "The strings one after the other.", nulls: "nulls are skipped; never null"),
        FunctionRecord(
            name: "length", group: .text, notation: "length(s)",
            form: .signatures([Signature([.string], .int32, TextKernels.length)]), types: "(array<T>) → int32",
            summary: "Number of code points (Unicode scalars) of a string, of elements of an array."),
        function("lower", "lower(s)", [.string], .string, TextKernels.lower, lowerRule),
        function(
            "upper", "upper(s)", [.string], .string, TextKernels.upper,
            "Every code point by Unicode's default full mapping, no locale: `ß` becomes `SS`."),
        function("trim", "trim(s)", [.string], .string, TextKernels.trim, "Without spaces (U+0020) at both ends."),
        function(
            "substring", "substring(s, start[, length])",
            .signatures([
                Signature([.string, .int64], .string, TextKernels.substringToEnd),
                Signature([.string, .int64, .int64], .string, TextKernels.substring),
            ]),
            "Code points from position start, counted from 1, or from the end when negative (-1 is the last). "
                + "Positions outside the string count toward the length but give nothing; a negative length is "
                + "undefined.", findings: .undefinedResult),
        function(
            "replace", "replace(s, search, replacement)", [.string, .string, .string], .string, TextKernels.replace,
            "Every occurrence replaced, from left to right; an empty search changes nothing."),
        function(
            "starts_with", "starts_with(s, prefix)", [.string, .string], .bool, TextKernels.startsWith,
            "Whether s begins with the prefix; the empty one always fits."),
        function(
            "contains", "contains(s, part)", [.string, .string], .bool, TextKernels.contains,
            "Whether the part occurs in s; the empty one always does."),
    ]

    private static let lowerRule =
        "Every code point by Unicode's default full mapping, no locale and no context: `Σ` always becomes `σ`."

    private static func function(
        _ name: String, _ notation: String, _ form: FunctionRecord.Form, _ summary: String, nulls: String? = nil,
        findings: EvaluationFinding = []
    ) -> FunctionRecord {
        FunctionRecord(
            name: name, group: .text, notation: notation, form: form, nulls: nulls, summary: summary,
            findings: findings)
    }

    private static func function(
        _ name: String, _ notation: String, _ parameters: [DataType], _ result: DataType, _ kernel: Kernel,
        _ summary: String
    ) -> FunctionRecord {
        function(name, notation, .signatures([Signature(parameters, result, kernel)]), summary)
    }
}
