// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The reason why a request is refused; each API writes it in its own shape.
enum Refusal: Error {
    /// The body does not say what it should.
    case body(BodyProblem)
    /// The request failed.
    case failed(TallyError)
    /// The body is not declared as JSON.
    case contentType
    /// The body is longer than the limit.
    case tooLarge(limit: Int)
    /// The body did not arrive in time, or not at all.
    case bodyMissing
    /// The body is no body of HTTP/1.1.
    case bodyMalformed
    /// The limit on requests that are answered at once is reached.
    case busy
    /// Bodies and answers on their way hold all memory that they may.
    case full
    /// The request does not say for which host it is.
    case hostMissing
    /// The request names a host that is not one of this server's.
    case foreignHost
    /// The request has no token, and needs one.
    case tokenMissing
    /// The request's token is not known, or worth nothing any more.
    case tokenUnknown
    /// The request's token does not allow what it asks for.
    case tokenTooNarrow(TokenScope)
    /// The answer takes longer than the deadline.
    case overdue
    /// The store is being filled already.
    case filling(views: [String])
    /// The route is there and does nothing yet.
    case notYet(Advice)
    /// There is no such path.
    case unknownPath
    /// The path is there for other methods.
    case wrongMethod(allowed: String)

    /// Returns the refusal of a request that asks for something impossible (`E-misuse`).
    static func misuse(_ message: String, help: Advice? = nil) -> Refusal {
        .failed(TallyError(.misuse, message, help: help))
    }
}

extension Refusal {
    /// The HTTP status.
    var status: Int {
        switch self {
        case .body, .contentType: 422
        case .failed(let error): Self.status(of: error.code)
        case .tooLarge: 413
        case .bodyMissing: 408
        case .busy: 429
        case .full: 503
        case .hostMissing, .bodyMalformed: 400
        case .foreignHost: 421
        case .tokenMissing, .tokenUnknown: 401
        case .tokenTooNarrow: 403
        case .overdue: 504
        case .filling: 409
        case .notYet: 501
        case .unknownPath: 404
        case .wrongMethod: 405
        }
    }

    private static func status(of code: TallyError.Code) -> Int {
        switch code {
        case .misuse, .invalidData: 422
        case .notFound: 404
        case .notMaterialized, .clock, .brokenPromise, .busy: 503
        case .conflict: 409
        case .needsPython: 501
        default: 500
        }
    }

    /// The challenge to a client without access (RFC 6750, section 3); nil for other refusals.
    var challenge: String? {
        switch self {
        case .tokenMissing: "Bearer realm=\"tally\""
        case .tokenUnknown: "Bearer realm=\"tally\", error=\"invalid_token\""
        case .tokenTooNarrow(let scope):
            "Bearer realm=\"tally\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
        case .body, .failed, .contentType, .tooLarge, .bodyMissing, .bodyMalformed, .busy, .full, .hostMissing,
            .foreignHost, .overdue, .filling, .notYet, .unknownPath, .wrongMethod:
            nil
        }
    }

    /// The failure as an operation's error, with nothing in it that only the server's keeper may know.
    var error: TallyError {
        switch self {
        case .failed(let error): error.told
        case .body(let problem):
            TallyError(.misuse, problem.message, subject: problem.path.isEmpty ? nil : problem.path)
        case .contentType:
            TallyError(.misuse, "the body is not declared as JSON", help: "send `Content-Type: application/json`")
        case .tooLarge(let limit): TallyError(.misuse, "the body is longer than \(limit) bytes")
        case .bodyMissing: TallyError(.misuse, "the body did not arrive whole")
        case .bodyMalformed: TallyError(.misuse, "the body is not written as HTTP/1.1 wants it")
        case .busy: TallyError(.conflict, "too many requests at once", help: "try again in a second")
        case .full:
            TallyError(.conflict, "requests and answers hold all memory that they may", help: "try again in a second")
        case .hostMissing:
            TallyError(.misuse, "the request names no host, or none that can be", help: "send one `Host` field")
        case .foreignHost:
            TallyError(
                .misuse, "the request is for a host that this server was not told to be",
                help: "start it with `\(.serve(knownHost: "NAME"))`, or ask for localhost")
        case .tokenMissing:
            TallyError(.denied, "the request has no token", help: "send `Authorization: Bearer TOKEN`")
        case .tokenUnknown:
            TallyError(
                .denied, "the token is not known, or has expired",
                help: "`\(.tokenCreate())` makes one, on the server's machine")
        case .tokenTooNarrow(let scope):
            TallyError(.denied, "the token does not allow this", help: "it takes one with the scope \(scope.rawValue)")
        case .overdue: TallyError(.interrupted, "the answer took longer than the deadline")
        case .filling(let views):
            TallyError(
                .conflict, "the store is being filled already: \(views.joined(separator: ", "))",
                help: "try again when that is done")
        case .notYet(let message): TallyError(.misuse, message.text(for: .http))
        case .unknownPath: TallyError(.notFound, "there is no such path", help: "docs/openapi.yaml lists the paths")
        case .wrongMethod(let allowed): TallyError(.misuse, "the path takes \(allowed)")
        }
    }
}

extension Refusal {
    /// Makes what is wrong with a body a refusal.
    static func ofBody<Result>(_ read: () throws(BodyProblem) -> Result) throws(Refusal) -> Result {
        do throws(BodyProblem) {
            return try read()
        } catch {
            throw .body(error)
        }
    }

    /// Makes a failed operation a refusal.
    static func ofFailure<Result>(_ run: () throws(TallyError) -> Result) throws(Refusal) -> Result {
        do throws(TallyError) {
            return try run()
        } catch {
            throw .failed(error)
        }
    }
}
