// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

@testable import TallyServer

/// Tokens of a repository that a test makes, with the texts that only their bearers have.
struct TokenKit {
    let folder: TemporaryFolder
    let file: TokenFile

    init() throws {
        folder = try TemporaryFolder("tokens")
        file = TokenFile(root: folder.path)
    }

    /// Makes a token named like its scope unless another name is given; its text.
    func add(_ scope: TokenScope, name: String? = nil, until expires: Timestamp? = nil) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret(using: &generator)
        let token = AccessToken(
            name: name ?? scope.rawValue, scopes: [scope], digest: secret.digest, created: ServerFixture.noon,
            expires: expires)
        guard let token else { throw TallyError(.misuse, "no such token") }
        try await file.add(token)
        return secret.text
    }

    /// The door that the tokens lock.
    func door() throws(TallyError) -> Door { try Door(file, at: ServerFixture.noon) }
}
