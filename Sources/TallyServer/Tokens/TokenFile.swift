// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The file that knows the tokens of a repository, but could not make one of them again (docs/formats.md).
public struct TokenFile: Sendable {
    /// The path in a repository.
    public static let path = ".tally/tokens.json"
    private static let version: Int64 = 1

    /// The file's path.
    public let path: String

    /// The file of the repository at `root`; it need not exist.
    public init(root: String) { path = root + "/" + Self.path }

    /// A file of another name, which need not exist either.
    public init(path: String) { self.path = path }

    /// The tokens by name; none where there is no file.
    ///
    /// Throws `E-unreadable` for a file that cannot be read, and `E-corrupt` for one that does not say what it should: whom
    /// it keeps out is never guessed.
    public func read() throws(TallyError) -> [AccessToken] {
        guard let bytes = try AtomicFile.read(path) else { return [] }
        guard let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)),
            json["version"]?.intValue == Self.version, let list = json["tokens"]?.arrayValue
        else { throw damaged("it is not of version \(Self.version)") }
        var tokens: [AccessToken] = []
        var names = Set<[UInt8]>()
        for (index, entry) in list.enumerated() {
            guard let token = AccessToken(json: entry) else { throw damaged("token \(index + 1) cannot be read") }
            guard names.insert(Array(token.name.utf8)).inserted else {
                throw damaged("'\(token.name)' is in it twice")
            }
            tokens.append(token)
        }
        return tokens
    }

    private func damaged(_ what: String) -> TallyError {
        TallyError(
            .corrupt, "the tokens cannot be read: \(what)", subject: path,
            help: "restore it from a backup, or delete it and make the tokens again with `\(.tokenCreate())`")
    }

    /// Adds a token; throws `E-conflict` where its name is taken.
    public func add(_ token: AccessToken) async throws(TallyError) {
        try await change { (tokens) throws(TallyError) in
            guard !tokens.contains(where: { $0.name.utf8.elementsEqual(token.name.utf8) }) else {
                throw TallyError(
                    .conflict, "there is a token '\(token.name)' already",
                    help: "choose another name, or `\(.tokenRevoke(token.name))` first")
            }
            return tokens + [token]
        }
    }

    /// Removes a token, and gives what is left; throws `E-not-found` for one that is not there.
    @discardableResult
    public func remove(_ name: String) async throws(TallyError) -> [AccessToken] {
        try await change { (tokens) throws(TallyError) in
            let left = tokens.filter { !$0.name.utf8.elementsEqual(name.utf8) }
            guard left.count < tokens.count else {
                throw TallyError(
                    .notFound, "there is no token '\(name)'",
                    help: nearestName(to: name, among: tokens.map(\.name)).map { "did you mean '\($0)'?" }
                        ?? "`\(.tokenList)` shows them")
            }
            return left
        }
    }

    /// Rewrites the file, one writer at a time; other users may not read it.
    @discardableResult
    private func change(
        _ change: ([AccessToken]) throws(TallyError) -> [AccessToken]
    ) async throws(TallyError) -> [AccessToken] {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(FileName.folder(of: path))
        } catch {
            throw TallyError(.unwritable, "its folder cannot be made: \(error.message)", subject: path)
        }
        let lock = try await FileLock.waiting(for: path + ".lock")
        defer { withExtendedLifetime(lock) {} }
        let tokens = try change(try read())
        let json = JSON.object([("version", .int(Self.version)), ("tokens", .array(tokens.map(\.json)))])
        try AtomicFile.write(Array((json.prettyText + "\n").utf8), to: path, permissions: 0o600)
        return tokens
    }
}

extension AccessToken {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("scopes", .array(scopes.map { .string($0.rawValue) })),
            ("sha256", .string(digest.hex)), ("created", .string(created.description)),
            ("expires", .optional(expires?.description)),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let name = json["name"]?.stringValue, let digest = json["sha256"]?.stringValue,
            let digest = Fingerprint(hex: digest), let words = json["scopes"]?.arrayValue,
            let created = json["created"]?.stringValue, let created = Timestamp(created)
        else { return nil }
        let scopes = words.compactMap { $0.stringValue.flatMap(TokenScope.init(rawValue:)) }
        var expires: Timestamp?
        switch json["expires"] {
        case .null: expires = nil
        case .string(let text):
            guard let instant = Timestamp(text) else { return nil }
            expires = instant
        case nil, .bool, .int, .double, .array, .members: return nil
        }
        guard scopes.count == words.count else { return nil }
        self.init(name: name, scopes: scopes, digest: digest, created: created, expires: expires)
    }
}
