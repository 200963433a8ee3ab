// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyModel

/// The terminal a person looks at, or the pipe a program reads.
enum Terminal {
    /// Whether standard error is a terminal: progress is shown there and nowhere else.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }
    /// Whether standard output may have colours.
    static var hasColor: Bool { unsafe isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil }
    /// Whether errors name their cause with the library's own words, which may hold data.
    static var isVerbose: Bool { unsafe getenv("TALLY_VERBOSE") != nil }

    /// Writes a line, or lines, to standard output.
    static func write(_ text: String) { put(text.hasSuffix("\n") ? text : text + "\n", STDOUT_FILENO) }

    /// Writes a line, or lines, to standard error.
    static func writeError(_ text: String) { put(text.hasSuffix("\n") ? text : text + "\n", STDERR_FILENO) }

    /// Rewrites the progress line on standard error.
    static func showProgress(_ text: String) { put("\r\u{1B}[2K" + text, STDERR_FILENO) }

    /// Ends the process.
    static func exit(_ status: ExitStatus) -> Never { Glibc.exit(status.rawValue) }

    private static func put(_ text: String, _ descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
