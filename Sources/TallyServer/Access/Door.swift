// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// Admits requests by their tokens; admits all requests until a first token is made.
public final class Door: Sendable {
    private struct Entry: Sendable {
        let token: AccessToken
        let digest: [UInt8]
    }

    private struct State: Sendable {
        var watch: FileWatch
        var entries: [Entry] = []
        var isLocked = false
    }

    private let file: TokenFile?
    private let state: Mutex<State>

    /// A door that no token locks.
    public init() {
        file = nil
        state = Mutex(State(watch: FileWatch([])))
    }

    /// The door that the tokens of a file lock; throws `E-unreadable` or `E-corrupt` where it cannot be read.
    public init(_ file: TokenFile, at now: Timestamp) throws(TallyError) {
        self.file = file
        state = Mutex(State(watch: FileWatch([file.path])))
        try refresh(at: now)
    }

    /// Whether requests need a token.
    ///
    /// Once they do they always will: a door does not open because the last token is revoked or the file is lost.
    public var isLocked: Bool { state.withLock { $0.isLocked } }

    /// Reads the file again if it changed; when it cannot be read, the known tokens stay.
    func refresh(at now: Timestamp) throws(TallyError) {
        guard let file, state.withLock({ $0.watch.hasChanged(at: now) }) else { return }
        let entries = try file.read().map { Entry(token: $0, digest: Array($0.digest.hex.utf8)) }
        state.withLock { state in
            state.entries = entries
            state.isLocked = state.isLocked || !entries.isEmpty
        }
    }

    /// Returns the caller that sends an `Authorization` field.
    func caller(_ field: String?, at now: Timestamp) -> Caller {
        let (entries, isLocked) = state.withLock { ($0.entries, $0.isLocked) }
        guard isLocked else { return .anybody }
        guard let field else { return .nobody }
        guard let secret = Self.bearer(field).flatMap({ TokenSecret($0) }) else { return .stranger }
        let digest = Array(secret.digest.hex.utf8)
        // All entries are compared, and each to its end: how long it takes tells nothing about them.
        var found: AccessToken?
        for entry in entries where Self.isEqual(entry.digest, digest) { found = entry.token }
        guard let found, !found.isExpired(at: now) else { return .stranger }
        return .bearer(found)
    }

    /// Returns the caller's present rights: a token may be revoked or expire while its request is on its way.
    func again(_ caller: Caller, at now: Timestamp) -> Caller {
        switch caller {
        case .anybody: isLocked ? .nobody : .anybody
        case .nobody, .stranger: caller
        case .bearer(let token):
            state.withLock { $0.entries.contains { $0.token == token } } && !token.isExpired(at: now)
                ? caller : .stranger
        }
    }

    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference: UInt8 = left.count == right.count ? 0 : 1
        for (left, right) in zip(left, right) { difference |= left ^ right }
        return difference == 0
    }

    /// Returns the token after `Bearer` (RFC 6750, section 2.1); the scheme may be written in any case.
    private static func bearer(_ field: String) -> String? {
        let bytes = field.utf8
        let scheme = bytes.prefix { $0 != UInt8(ascii: " ") }
        guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        return String(bytes.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") })
    }
}

/// The sender of a request, as far as a token identifies it.
enum Caller: Sendable {
    /// No token is needed, so every caller is admitted.
    case anybody
    /// There is no token.
    case nobody
    /// The token is not known, or worth nothing any more.
    case stranger
    /// The token is known.
    case bearer(AccessToken)

    /// The name of the token, for the log.
    var name: String? {
        switch self {
        case .bearer(let token): token.name
        case .anybody, .nobody, .stranger: nil
        }
    }

    /// Refuses a caller without the scope that a route needs.
    func check(_ needed: TokenScope?) throws(Refusal) {
        guard let needed else { return }
        switch self {
        case .anybody: return
        case .nobody: throw .tokenMissing
        case .stranger: throw .tokenUnknown
        case .bearer(let token): guard token.allows(needed) else { throw .tokenTooNarrow(needed) }
        }
    }
}
