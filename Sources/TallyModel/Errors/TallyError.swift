// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The one error of an operation that failed; a wrong file of the user is a `Diagnostic` instead.
///
/// `description` holds no feature values and no entity keys; `underlying` may, and is shown in `debugDescription` only.
public struct TallyError: Error, Sendable {
    /// The kind of failure: an open set of about a dozen codes, listed in `docs/errors.md`.
    public struct Code: Sendable, Hashable {
        /// The stable spelling, such as `E-conflict`.
        public let name: String

        init(_ name: String) { self.name = name }

        /// The caller asked for something that makes no sense: wrong option, wrong value.
        public static let misuse = Code("E-misuse")
        /// Definitions are wrong; the diagnostics say where.
        public static let invalidDefinitions = Code("E-invalid-definitions")
        /// Data does not have the form that was promised.
        public static let invalidData = Code("E-invalid-data")
        /// Data breaks a promise that stops it.
        public static let brokenPromise = Code("E-broken-promise")
        /// A function in Python failed, gave something else than it promised, or is not the applied one.
        public static let transform = Code("E-transform")
        /// A service computes features in Python, which runs in the Python package only.
        public static let needsPython = Code("E-needs-python")
        /// A named thing does not exist.
        public static let notFound = Code("E-not-found")
        /// The version of a contract moved less than its changes ask for.
        public static let lowVersion = Code("E-low-version")
        /// Another writer changed the same thing first.
        public static let conflict = Code("E-conflict")
        /// Another process holds what is needed, for longer than the caller waits.
        public static let busy = Code("E-busy")
        /// The thing to be removed is still used.
        public static let inUse = Code("E-in-use")
        /// The lockfile does not say what the definitions say.
        public static let locked = Code("E-locked")
        /// A file could not be read.
        public static let unreadable = Code("E-unreadable")
        /// A file could not be written.
        public static let unwritable = Code("E-unwritable")
        /// Stored data does not have the form it was written in.
        public static let corrupt = Code("E-corrupt")
        /// The data engine failed.
        public static let engine = Code("E-engine")
        /// The online store does not hold what was asked for, because nothing filled it yet.
        public static let notMaterialized = Code("E-not-materialized")
        /// A clock is not where it was left, or not where another one is.
        public static let clock = Code("E-clock")
        /// A memory budget is too small for the work.
        public static let outOfBudget = Code("E-out-of-budget")
        /// A token is missing, unknown or expired, or does not allow what was asked for.
        public static let denied = Code("E-denied")
        /// The user or the system asked to stop.
        public static let interrupted = Code("E-interrupted")
        /// A broken assumption of ours.
        public static let `internal` = Code("E-internal")

        /// Every code, in the order of the documentation.
        public static let all: [Code] = [
            .misuse, .invalidDefinitions, .invalidData, .brokenPromise, .transform, .needsPython, .notFound,
            .lowVersion, .conflict, .busy,
            .inUse, .locked, .unreadable, .unwritable, .corrupt, .engine, .notMaterialized, .clock, .outOfBudget,
            .denied,
            .interrupted, .internal,
        ]
    }

    /// A promise that was broken, by its names, so that a reader finds it again without reading a message.
    public struct BrokenPromise: Sendable, Hashable {
        /// The promise's own name, such as `orders.total.range`.
        public let id: String
        /// The name of its contract.
        public let contract: String
        /// The version of the contract.
        public let version: String
        /// The place where it is written; nil where that is not known, as of a contract that the registry keeps.
        public let location: SourceLocation?

        /// Names a promise.
        public init(id: String, contract: String, version: String, location: SourceLocation?) {
            self.id = id
            self.contract = contract
            self.version = version
            self.location = location
        }
    }

    /// The kind of failure.
    public let code: Code
    /// The message: what failed, where, what was found and what was promised, in lower case and one or two sentences.
    public let message: String
    /// More places of the same failure, a line each.
    public let details: [String]
    /// The subject of the failure: a file, a view, a source, a service.
    public let subject: String?
    /// The advice to the caller; a door spells the steps that it names.
    public let help: Advice?
    /// The library's own words, which may hold data.
    public let underlying: String?
    /// The position in a text that the caller gave, such as a query, in bytes of UTF-8 from its start; nil for none.
    public let offset: Int?
    /// The promise that stops everything; nil for failures of another kind.
    public let promise: BrokenPromise?

    /// Describes a failure; of texts that are longer than a message may be it keeps the two ends.
    public init(
        _ code: Code, _ message: String, details: [String] = [], subject: String? = nil, help: Advice? = nil,
        underlying: String? = nil, offset: Int? = nil, promise: BrokenPromise? = nil
    ) {
        self.code = code
        self.message = message.asMessage
        self.details = details.map(\.asMessage)
        self.subject = subject?.asMessage
        self.help = help
        self.underlying = underlying
        self.offset = offset
        self.promise = promise
    }
}

extension TallyError {
    /// Returns the same failure of a larger thing; the message keeps the first subject.
    public func about(_ larger: String) -> TallyError {
        let isNamed = subject.map { message.hasPrefix($0 + ":") || $0 == larger } ?? true
        let text = isNamed ? self.message : "\(subject ?? ""): \(message)"
        return TallyError(
            code, text, details: details, subject: larger, help: help, underlying: underlying, offset: offset,
            promise: promise)
    }
}

extension TallyError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The error in the words of the command line, which a terminal and a log show.
    public var description: String { described(for: .commandLine) }

    /// Returns `error[E-code]: subject: message`, then a line for each detail, last the help, as an audience reads it.
    ///
    /// What cannot be seen is written out.
    public func described(for audience: Audience) -> String {
        let text = "error[\(code.name)]: " + Medium.terminal.escaped((subject.map { $0 + ": " } ?? "") + message)
        return details.reduce(text) { $0 + "\n" + Medium.terminal.escaped($1) }
            + (help.map { "\nhelp: " + Medium.terminal.escaped($0.text(for: audience)) } ?? "")
    }

    /// Returns the error for programs of an audience: code, subject, message and help; what it lacks is null.
    public func json(for audience: Audience) -> JSON {
        .object([
            ("code", .string(code.name)), ("subject", .optional(subject)), ("message", .string(message)),
            ("details", .array(details.map { .string($0) })), ("help", .optional(help?.text(for: audience))),
        ])
    }

    /// The description and the underlying library's words.
    public var debugDescription: String { description + (underlying.map { "\ncause: \($0)" } ?? "") }
}
