// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import GRDB
import TallyModel
import TallySQLite
import TallyTesting
import Testing

/// Numbers that no registry of ours holds are damage, and end nothing.
@Suite struct SQLiteNumberTests {
    private static let columns = [
        ("generation", "number"), ("generation", "applied_at"), ("definition_version", "version"),
        ("definition_version", "generation"), ("release", "number"), ("release", "generation"),
        ("release_state", "generation"), ("run", "duration"), ("run", "started_at"),
    ]

    @Test(arguments: columns, [Int64.min, -1, 0, 1 << 53 + 1, .max - 1, .max])
    func `it is told, or the next step is taken`(_ column: (table: String, name: String), _ number: Int64) async throws
    {
        let folder = try TemporaryFolder("numbers")
        let path = folder.path + "/registry.db"
        let registry = try SQLiteRegistry(path: path)
        _ = try await registry.commit(
            RegistrySamples.commit(
                0, [RegistrySamples.node(.entity("e"))], candidates: [RegistrySamples.release("s", "one")]))
        try await registry.record(.run(RegistrySamples.run(1)))
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "UPDATE \(column.table) SET \(column.name) = ?", arguments: [number])
        }
        try queue.close()
        var codes: [TallyError.Code] = []
        func note(_ body: () async throws(TallyError) -> Void) async {
            do throws(TallyError) { try await body() } catch { codes.append(error.code) }
        }
        await note { () throws(TallyError) in
            let state = try await registry.state()
            _ = try await registry.commit(
                RegistrySamples.commit(state.generation, candidates: [RegistrySamples.release("s", "two")]))
        }
        await note { () throws(TallyError) in _ = try await registry.history(of: .entity("e")) }
        await note { () throws(TallyError) in _ = try await registry.runs(limit: 10) }
        #expect(codes.allSatisfy { $0 == .corrupt || $0 == .conflict }, "\(codes)")
        // What counts on cannot be served from such a number.
        if number == .max, !column.name.hasSuffix("_at"), column.table == "generation" {
            #expect(codes.contains(.corrupt))
        }
    }
}
