// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// What DuckDB said when a call failed.
struct DuckFailure: Error {
    /// DuckDB's own words, which may hold data.
    let text: String

    init(text: String) {
        self.text = text
    }

    /// Copies a text before the handle that owns it dies.
    init(_ text: UnsafePointer<CChar>?) {
        self.text = unsafe text.map { unsafe String(cString: $0) } ?? "no reason was given"
    }

    /// What stands before a reason of ours in a failed query.
    static let invalidMark = "tally: "

    /// Data of a form that we refuse, in our words.
    init(invalid reason: String) { text = "Invalid Input Error: " + Self.invalidMark + reason }

    /// What stands before the types in a failure of ours.
    private static let typeMark = "INTERNAL Error: tally: "

    /// A result of other types than those that were asked for: a mistake of ours, found before a value was read.
    init(wrongType reason: String) { text = Self.typeMark + reason }

    /// Our own reason, where the failure is one of ours.
    private var ownReason: String? {
        let start = "Invalid Input Error: " + Self.invalidMark
        guard text.hasPrefix(start) else { return nil }
        return text.dropFirst(start.count).split(separator: "\n").first.map(String.init)
    }

    /// Whether DuckDB speaks of a value that it could not read or make, in its own words.
    var isAboutValue: Bool {
        ["Conversion", "Out of Range", "Invalid Input"].contains(kind) && ownReason == nil && !isNoParquet
    }

    /// Whether the connection was told to stop.
    var isInterrupt: Bool { text.hasPrefix("INTERRUPT") }

    /// What DuckDB says of every statement in a database that an earlier one ended.
    private static let endedMark = "FATAL Error"

    /// Whether DuckDB failed inside, after which it gives up the whole database.
    var endsDatabase: Bool { text.hasPrefix("INTERNAL Error") || text.hasPrefix(Self.endedMark) }

    /// Whether the database had been ended by something else.
    var isOfEndedDatabase: Bool { text.hasPrefix(Self.endedMark) && text.contains("invalidated") }

    /// The first line of DuckDB's words, where it speaks of names, syntax and files; nil where it may hold data.
    var words: String? {
        guard Self.isAboutNames(kind) else { return nil }
        return String(text.dropFirst(kind.count + " Error: ".count).prefix { $0 != "\n" })
    }

    /// Whether failures of a kind speak of names, syntax and files, and never of values.
    static func isAboutNames(_ kind: String) -> Bool {
        ["Parser", "Syntax", "Binder", "Catalog", "IO", "Permission"].contains(kind)
    }

    /// The path that DuckDB was not allowed to open, as its message names it; nil for a failure of another kind.
    static func refusedPath(in message: String) -> String? {
        for start in ["Cannot access file \"", "Cannot access directory \""] {
            guard let opening = message.firstRange(of: start),
                let closing = message.firstRange(of: "\" - file system operations are disabled by configuration"),
                opening.upperBound <= closing.lowerBound
            else { continue }
            return String(message[opening.upperBound..<closing.lowerBound])
        }
        return nil
    }

    /// What to do where a query of a user may not read a file.
    static let readableHelp: Advice =
        "SQL reads what is in the repository and not hidden, and what tally.yaml names under `readable:`; a path is one "
        + "text in quotes"

    /// The kind of the failure, as DuckDB spells it: `IO`, `Conversion`, `Out of Memory`.
    var kind: String {
        var words: [Substring] = []
        for word in text.prefix(60).split(separator: " ") {
            if word == "Error:" { return words.joined(separator: " ") }
            words.append(word)
        }
        return "unknown"
    }

    /// Whether a file is none of its format: nothing is known of the data in it.
    private var isNoParquet: Bool {
        text.contains("No magic bytes") || text.contains("too small to be a Parquet file")
            || text.contains("Failed to read Parquet file") || text.contains("TProtocolException")
    }

    /// The failure as one of ours; `action` says what was done, such as `read the files`.
    func wrapped(_ action: String, subject: String?, ioCode: TallyError.Code = .unreadable) -> TallyError {
        if let path = Self.refusedPath(in: text) {
            return TallyError(
                .invalidData, "SQL may not read \"\(path)\"", subject: subject, help: Self.readableHelp,
                underlying: text)
        }
        if text.hasPrefix(Self.typeMark) {
            return TallyError(
                .internal, "duckdb gave another type than was asked for", subject: subject,
                underlying: String(text.dropFirst(Self.typeMark.count)))
        }
        if let ownReason { return TallyError(.invalidData, ownReason, subject: subject) }
        let code: TallyError.Code
        var help: Advice?
        switch kind {
        case "INTERRUPT": return .stopped
        case "Out of Memory":
            code = .outOfBudget
            help = "raise the memory limit or name a directory for temporary files"
        case "Invalid Input" where isNoParquet:
            code = .unreadable
            help = "the file is cut off or is no Parquet file: bring it again"
        case "Conversion", "Invalid Input", "Out of Range":
            code = .invalidData
            help = "TALLY_VERBOSE=1 shows the engine's own words, which name the place and may hold data"
        case "IO", "Permission", "HTTP": code = ioCode
        // What DuckDB's decoders throw.
        case "Invalid":
            code = .unreadable
            help =
                "a part of a file is damaged, or written in an encoding that duckdb does not read: write it with others; "
                + "TALLY_VERBOSE=1 shows the engine's own words, which may hold data"
        case "INTERNAL", "FATAL":
            code = .engine
            help =
                "a value in the data that duckdb has no place for may be the cause; TALLY_VERBOSE=1 shows its own words, "
                + "which may hold data"
        default: code = .engine
        }
        return TallyError(
            code, "duckdb could not \(action): \(kind.lowercased()) error" + (words.map { ": \($0)" } ?? ""),
            subject: subject, help: help,
            underlying: text)
    }
}

extension TallyError {
    /// What every operation throws once its task is cancelled.
    static var stopped: TallyError { TallyError(.interrupted, "the operation was stopped") }
}

/// The one place where DuckDB's return codes are looked at.
func check(_ state: duckdb_state, _ text: () -> UnsafePointer<CChar>?) throws(DuckFailure) {
    guard state != DuckDBSuccess else { return }
    throw unsafe DuckFailure(text())
}

/// The same for what DuckDB says when it makes Arrow.
func checkArrow(_ data: duckdb_error_data?) throws(DuckFailure) {
    var data = unsafe data
    defer { unsafe duckdb_destroy_error_data(&data) }
    guard unsafe data != nil, unsafe duckdb_error_data_has_error(data) else { return }
    throw unsafe DuckFailure(duckdb_error_data_message(data))
}
