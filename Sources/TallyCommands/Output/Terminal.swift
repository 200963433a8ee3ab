// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyDefinitions
internal import TallyModel

/// The terminal a person looks at, or the pipe a program reads: the one place where this program prints.
///
/// Text for people is made harmless here once more, whatever it was made of: no file, no contract and no value moves a
/// cursor, ends a line or becomes a command of a pipeline.
enum Terminal {
    /// Whether standard error is a terminal: progress is shown there and nowhere else.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }
    /// Whether standard output may have colours.
    static var hasColor: Bool { unsafe isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil }
    /// Whether errors name their cause with the library's own words, which may hold data.
    static var isVerbose: Bool { unsafe getenv("TALLY_VERBOSE") != nil }
    /// Whether a program asked: `--format json` makes JSON of errors and warnings too, an object a line.
    static let speaksJSON = asksForJSON(Array(CommandLine.arguments.dropFirst()))

    /// Writes a line, or lines, to standard output; colours stay where the text is painted.
    static func write(_ text: String, isPainted: Bool = false) {
        putLine(Medium.terminalLines(text, isPainted: isPainted), STDOUT_FILENO)
    }

    /// Writes a document of another form to standard output; its writer escaped what it holds.
    static func write(document text: String) { putLine(text, STDOUT_FILENO) }

    /// Writes JSON to standard output.
    static func write(json: JSON) { putLine(Medium.json.escaped(json.prettyText), STDOUT_FILENO) }

    /// Prints a note on standard error, as text for a person or as a line of JSON for a program.
    static func note(_ text: String) {
        speaksJSON ? complain(.object([("note", .object([("message", .string(text))]))])) : complain(text)
    }

    /// Tells about something that is not as it should be, and does not stop the command.
    static func warn(_ text: String) {
        speaksJSON
            ? complain(.object([("warning", .object([("message", .string(text))]))])) : complain("warning: " + text)
    }

    /// Tells what is wrong with files of the user before the command fails for it.
    static func show(_ diagnostics: [Diagnostic], of files: [DefinitionFile]) {
        speaksJSON
            ? complain(.object([("diagnostics", DiagnosticRenderer.json(diagnostics))]))
            : complain(DiagnosticRenderer.text(diagnostics, sources: files))
    }

    /// Tells why the command failed.
    static func fail(_ error: TallyError) {
        guard speaksJSON else { return complain(isVerbose ? error.debugDescription : error.description) }
        var members = error.json(for: .commandLine).objectValue ?? []
        members.append(JSON.Member("exit", .int(Int64(ExitStatus(error).rawValue))))
        if isVerbose { members.append(JSON.Member("cause", .optional(error.underlying))) }
        complain(.object([("error", .members(members))]))
    }

    /// Rewrites the progress line on standard error.
    static func showProgress(_ text: String) { put("\r\u{1B}[2K" + Medium.terminal.escaped(text), STDERR_FILENO) }

    /// Whether the words of a command line ask for JSON.
    static func asksForJSON(_ words: [String]) -> Bool {
        let options = words.prefix { $0 != "--" }
        return options.contains("--format=json")
            || zip(options, options.dropFirst()).contains { $0 == "--format" && $1 == "json" }
    }

    private static func complain(_ text: String) { putLine(Medium.terminalLines(text), STDERR_FILENO) }

    private static func complain(_ json: JSON) { putLine(Medium.json.escaped(json.compactText), STDERR_FILENO) }

    private static func putLine(_ text: String, _ descriptor: Int32) {
        put(text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n", descriptor)
    }

    private static func put(_ text: String, _ descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
