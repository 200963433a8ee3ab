// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// `tally token` and what `tally serve` makes of tokens, as they are typed.
@Suite struct TokenCommandTests {
    private func repository() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("token-command")
        #expect(try Program.run(["init"], in: folder).status == 0)
        return folder
    }

    @Test func `a token is shown once, listed without itself, and revoked by its name`() throws {
        let folder = try repository()
        let empty = try Program.run(["token", "list"], in: folder)
        #expect(empty.status == 0 && empty.output.hasPrefix("there are no tokens"), "\(empty)")
        let made = try Program.run(["token", "create", "shop", "--scope", "read", "--expires", "90d"], in: folder)
        #expect(made.status == 0 && made.output.hasPrefix("tly_") && made.output.utf8.count == 63, "\(made)")
        #expect(made.error.contains("it is shown this once"), "\(made.error)")
        let secret = made.output.dropLast()
        let other = try Program.run(["token", "create", "boss", "--scope", "admin", "--format", "json"], in: folder)
        let json = try JSON(parsing: other.output)
        #expect(json["token"]?.stringValue?.hasPrefix("tly_") == true && json["expires"] == .null, "\(other.output)")
        #expect(json["scopes"] == .array([.string("admin")]))
        let listed = try Program.run(["token", "list"], in: folder)
        #expect(listed.output.contains("shop") && listed.output.contains("boss") && listed.output.contains("never"))
        #expect(!listed.output.contains("tly_"))
        let kept = try folder.read(".tally/tokens.json") ?? ""
        #expect(!kept.contains(secret.dropFirst(4)) && kept.contains("sha256"))
        let taken = try Program.run(["token", "create", "shop", "--scope", "write"], in: folder)
        #expect(taken.status == 4 && taken.error.contains("error[E-conflict]"), "\(taken.error)")
        let unknown = try Program.run(["token", "revoke", "shap"], in: folder)
        #expect(unknown.status == 2 && unknown.error.contains("did you mean 'shop'?"), "\(unknown.error)")
        #expect(try Program.run(["token", "revoke", "shop"], in: folder).status == 0)
        let last = try Program.run(["token", "revoke", "boss"], in: folder)
        #expect(last.status == 0 && last.error.contains("no token is left"), "\(last.error)")
        #expect(try Program.run(["token", "list", "--format", "json"], in: folder).output.contains("\"tokens\": []"))
    }

    @Test(arguments: [
        (["token", "create", "shop"], "scope"), (["token", "create", "shop", "--scope", "root"], "read, write, admin"),
        (["token", "create", "a b", "--scope", "read"], "cannot name a token"),
        (["token", "create", "shop", "--scope", "read", "--expires", "0d"], "12h or 90d"),
        (["token", "create", "shop", "--scope", "read", "--expires", "100000d"], "12h or 90d"),
        (["serve", "--tls-certificate", "a.pem"], "go together"),
        (["serve", "--tls-key", "a.pem"], "go together"),
        (["serve", "--tls-self-signed", "--tls-certificate", "a", "--tls-key", "b"], "makes a certificate"),
        (["serve", "--port", "0", "--host", "0.0.0.0"], "tally token create NAME --scope read"),
    ])
    func `a door that makes no sense is misuse`(words: [String], says: String) throws {
        let folder = try repository()
        let outcome = try Program.run(words, in: folder)
        #expect(outcome.status == 2 && outcome.error.contains("error[E-misuse]"), "\(outcome)")
        #expect(outcome.error.contains(says), "\(outcome.error)")
    }

    @Test func `a certificate or a token file that cannot be read keeps the server from starting`() throws {
        let folder = try repository()
        let none = try Program.run(
            ["serve", "--port", "0", "--tls-certificate", "a.pem", "--tls-key", "b.pem"], in: folder)
        #expect(none.status == 4 && none.error.contains("error[E-unreadable]: a.pem"), "\(none.error)")
        let lost = try Program.run(["serve", "--port", "0", "--tokens", "lost.json"], in: folder)
        #expect(lost.status == 4 && lost.error.contains("error[E-unreadable]: lost.json"), "\(lost.error)")
        try folder.write("{", to: ".tally/tokens.json")
        let damaged = try Program.run(["serve", "--port", "0"], in: folder)
        #expect(damaged.status == 4 && damaged.error.contains("error[E-corrupt]"), "\(damaged.error)")
    }
}
