// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Why a query of the user does not run: DuckDB's words where they hold no data, and the place in the query's text.
enum QueryProblem {
    /// What is wrong with a query that could not be described.
    ///
    /// The query is prepared once more by itself and never run, so that the place is counted from its own first byte.
    static func error(of query: UserQuery, _ first: DuckFailure, _ connection: Connection) -> TallyError {
        if first.isInterrupt { return .stopped }
        guard let answer = answer(to: query, connection), let type = answer["exception_type"]?.stringValue,
            let text = answer["exception_message"]?.stringValue
        else {
            return TallyError(
                .invalidDefinitions, "is not one statement that gives rows", subject: nil,
                help: "write one SELECT; nothing else is run", underlying: first.text, offset: 0)
        }
        // Of a file that is not there DuckDB tells no place, but the path.
        let offset =
            answer["position"]?.stringValue.flatMap { Int($0) }.map(query.offset(ofStatement:))
            ?? query.paths.first { text.contains("\"\($0.path)\"") }?.offset
        if let path = DuckFailure.refusedPath(in: text) {
            return TallyError(
                .invalidDefinitions, "it may not read \(query.words("\"\(path)\""))", subject: nil,
                help: DuckFailure.readableHelp, underlying: first.text,
                offset: offset ?? query.offset(ofPath: path))
        }
        let lines = query.words(text).split(separator: "\n").map(String.init)
        let isKnown = DuckFailure.isAboutNames(type) || harmless.contains { text.hasPrefix($0) }
        let message = isKnown ? lines.first ?? text : "\(type.lowercased()) error"
        let help = lines.dropFirst().first.flatMap { line in
            isKnown && (line.hasPrefix("Did you mean") || line.hasPrefix("Candidate bindings"))
                ? Advice(line.lowercasedFirst) : nil
        }
        return TallyError(
            type == "IO" || type == "Permission" ? .unreadable : .invalidDefinitions, message, subject: nil,
            help: help ?? (isKnown ? nil : "TALLY_VERBOSE=1 shows the engine's own words, which may hold data"),
            underlying: first.text, offset: offset)
    }

    /// The beginnings of messages of other kinds that hold no data.
    private static let harmless = [
        "No magic bytes found", "Cannot prepare multiple statements", "No statement to prepare",
        "Error when sniffing file",
    ]

    /// What DuckDB says when it prepares the query, with the place; nil when it has nothing against it.
    private static func answer(to query: UserQuery, _ connection: Connection) -> JSON? {
        do throws(DuckFailure) {
            try connection.execute("SET errors_as_json = true")
        } catch {
            return nil
        }
        defer { try? connection.execute("SET errors_as_json = false") }
        guard let text = connection.refusal(of: query), let start = text.firstIndex(of: "{") else { return nil }
        return try? JSON(parsing: String(text[start...]))
    }
}

extension String {
    /// The text with a small first letter.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
