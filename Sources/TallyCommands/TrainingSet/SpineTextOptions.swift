// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel
internal import TallyReading

/// The options by which the text of a CSV or JSON spine becomes values, as a source declares them in YAML.
struct SpineTextOptions: ParsableArguments {
    @Option(help: "A word that stands for no value in the spine, such as NA; repeat it for more.")
    var spineNulls: [String] = []

    @Flag(help: "Leave out blanks around the values of the spine.")
    var spineTrim = false

    @Option(help: "The decimal mark of floats in the spine: . or ,")
    var spineDecimal = "."

    @Option(
        help: "The pattern of times in the spine, such as dd/MM/yyyy HH:mm or epoch_seconds; ISO 8601 when left out.")
    var spineTimeFormat: String?

    @Option(help: "The character between the fields of the spine, or tab.")
    var spineDelimiter = ","

    @Option(help: "The encoding of the spine: utf-8, latin-1, windows-1252 or utf-16.")
    var spineEncoding = "utf-8"

    /// The options as the reader takes them; `E-misuse` for a value that is none of theirs.
    func options() throws(TallyError) -> TextOptions {
        guard let decimal = TextOptions.DecimalMark(rawValue: spineDecimal) else {
            throw TallyError(.misuse, "'\(spineDecimal)' is no decimal mark", help: "write --spine-decimal . or ,")
        }
        guard let encoding = TextOptions.Encoding(rawValue: spineEncoding) else {
            let names = TextOptions.Encoding.allCases.map(\.rawValue)
            throw TallyError(
                .misuse, "'\(spineEncoding)' is no encoding", help: "write one of \(names.joined(separator: ", "))")
        }
        if let spineTimeFormat, TimePattern(spineTimeFormat) == nil {
            throw TallyError(.misuse, "'\(spineTimeFormat)' is no pattern of times", help: Advice(TimePattern.help))
        }
        let delimiter = Array((spineDelimiter == "tab" ? "\t" : spineDelimiter).utf8)
        guard delimiter.count == 1, delimiter[0] < 0x80, ![0x0A, 0x0D, 0x22].contains(delimiter[0]) else {
            throw TallyError(
                .misuse, "'\(spineDelimiter)' is no delimiter", help: "write one character, such as ';', or tab")
        }
        return TextOptions(
            nulls: spineNulls, trims: spineTrim, decimal: decimal, timeFormat: spineTimeFormat,
            delimiter: delimiter[0], encoding: encoding)
    }
}
