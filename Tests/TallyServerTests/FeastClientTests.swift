// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import TallyTesting
import Testing

@testable import TallyServer

/// Feast's own client against the server: `scripts/feast-client.py` in a Python with feast 0.67.0.
@Suite struct FeastClientTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// A Python that has Feast: `TALLY_FEAST_PYTHON`, else one that is installed into a new folder; nil when it cannot be.
    private func python(in folder: String) async throws -> String? {
        if let path = Self.environment["TALLY_FEAST_PYTHON"] { return path }
        guard let python = Command.find("python3") else { return nil }
        let venv = folder + "/venv"
        let made = try await Command.run(python, ["-m", "venv", venv])
        guard made.status == 0 else { return nil }
        let installed = try await Command.run(venv + "/bin/pip", ["install", "--quiet", "feast==0.67.0"])
        return installed.status == 0 ? venv + "/bin/python" : nil
    }

    @Test func `Feast's remote online store reads values and statuses`() async throws {
        guard Self.environment["TALLY_SLOW"] != nil else {
            print("SKIPPED: Feast's own client is tried with TALLY_SLOW=1 only (it installs feast==0.67.0)")
            return
        }
        let fixture = try await ServerFixture()
        guard let python = try await python(in: fixture.folder.path) else {
            print("SKIPPED: feast==0.67.0 cannot be installed here (python3 -m venv, pip)")
            return
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("scripts/feast-client.py").path
        try await LiveServer.run(fixture.parts) { server in
            let outcome = try await Command.run(python, [script, server.url("")])
            let line = outcome.output.split(separator: "\n").last.map(String.init) ?? ""
            let answer = (try? JSON(parsing: line)) ?? .null
            let short = answer["short"]
            #expect(
                short?["serial"] == .array([.int(9_007_199_254_740_993), .int(.min), .null]),
                "\(outcome.errors.suffix(2_000)) \(line)")
            #expect(short?["wind_speed"] == .array([.double(12.25), .null, .null]))
            #expect(short?["station"] == .array([.string("Kennedy – \u{1F6EB}"), .null, .null]))
            #expect(short?["tail"] == .array([.int(1), .int(2), .int(999)]))
            #expect(answer["full"]?["planes__serial"] == .array([.int(9_007_199_254_740_993)]))
            #expect(answer["wrong"]?.stringValue.map { $0 != "no error" } == true)
        }
    }
}
