// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

/// Feast's own client against the server: `scripts/lib/feast-client.py` in a Python with feast 0.67.0.
@Suite struct FeastClientTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// A Python that has Feast: `TALLY_FEAST_PYTHON`, else one that is installed into a new folder; nil when it cannot be.
    private func python(in folder: String) async throws -> String? {
        if let path = Self.environment["TALLY_FEAST_PYTHON"] { return path }
        guard let python = OutsideProgram.find("python3") else { return nil }
        let venv = folder + "/venv"
        let made = try await OutsideProgram.run(python, ["-m", "venv", venv])
        guard made.status == 0 else { return nil }
        let installed = try await OutsideProgram.run(venv + "/bin/pip", ["install", "--quiet", "feast==0.67.0"])
        return installed.status == 0 ? venv + "/bin/python" : nil
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/lib/feast-client.py").path

    /// What the client prints at its end.
    private func answer(of outcome: OutsideProgram.Outcome) -> JSON {
        let line = outcome.output.split(separator: "\n").last.map(String.init) ?? ""
        return (try? JSON(parsing: line)) ?? .null
    }

    /// A Python with Feast where it was asked for, and can be had.
    private func client(in folder: String) async throws -> String? {
        guard Self.environment["TALLY_SLOW"] != nil else {
            print("SKIPPED: Feast's own client is tried with TALLY_SLOW=1 only (it installs feast==0.67.0)")
            return nil
        }
        let found = try await python(in: folder)
        if found == nil { print("SKIPPED: feast==0.67.0 cannot be installed here (python3 -m venv, pip)") }
        return found
    }

    @Test func `Feast's client gets in with a token over TLS, and not without`() async throws {
        let kit = try TokenKit()
        let token = try await kit.add(.write)
        let certificate = try SelfSignedCertificate(
            in: kit.folder.path + "/tls", names: [],
            at: Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000))
        let certificates = try Certificates(
            certificate: certificate.certificate, key: certificate.key, at: ServerFixture.noon)
        let fixture = try await ServerFixture(door: try kit.door(), certificates: certificates)
        guard let python = try await client(in: fixture.folder.path) else { return }
        try await LiveServer.run(fixture.parts) { server in
            let words = [Self.script, "https://127.0.0.1:\(server.port)", certificate.certificate]
            let known = try await OutsideProgram.run(python, words, environment: ["TALLY_TOKEN": token])
            let short = answer(of: known)["short"]
            #expect(short?["tail"] == .array([.int(1), .int(2), .int(999)]), "\(known.errors.suffix(2_000))")
            let unknown = try await OutsideProgram.run(python, words)
            #expect(unknown.status != 0 && unknown.errors.contains("FeastPermissionError"), "\(unknown)")
        }
    }

    @Test func `Feast's remote online store reads values and statuses`() async throws {
        let fixture = try await ServerFixture()
        guard let python = try await client(in: fixture.folder.path) else { return }
        try await LiveServer.run(fixture.parts) { server in
            let outcome = try await OutsideProgram.run(python, [Self.script, server.url("")])
            let answer = answer(of: outcome)
            let short = answer["short"]
            #expect(
                short?["serial"] == .array([.int(9_007_199_254_740_993), .int(.min), .null]),
                "\(outcome.errors.suffix(2_000)) \(outcome.output)")
            #expect(short?["wind_speed"] == .array([.double(12.25), .null, .null]))
            #expect(short?["station"] == .array([.string("Kennedy – \u{1F6EB}"), .null, .null]))
            #expect(short?["tail"] == .array([.int(1), .int(2), .int(999)]))
            #expect(answer["full"]?["planes__serial"] == .array([.int(9_007_199_254_740_993)]))
            #expect(answer["wrong"]?.stringValue.map { $0 != "no error" } == true)
        }
    }
}
