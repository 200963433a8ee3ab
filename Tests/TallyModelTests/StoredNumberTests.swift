// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting
import Testing

/// What is kept in files may say any number; what cannot be is refused, and nothing is counted beyond the end.
@Suite struct StoredNumberTests {
    private static let impossible: [Int64] = [.min, -1, 1 << 53 + 1, .max]

    @Test func `a generation has a number and keys that can be counted on`() throws {
        let generation = OnlineSamples.fill(.merge, after: 2, until: 10, horizon: 9).generation.numbered(
            3, keys: 7, digest: nil)
        for name in ["number", "keys"] {
            for number in Self.impossible {
                let json = try Self.exchanging(name, in: generation.json, with: number)
                #expect(OnlineGeneration(json: json) == nil, "\(name) \(number)")
            }
            #expect(OnlineGeneration(json: try Self.exchanging(name, in: generation.json, with: 1)) != nil)
        }
        for name in ["until", "horizon", "filledAt", "takenAt"] {
            for number in [Int64.min, .max] {
                let json = try Self.exchanging(name, in: generation.json, with: number)
                #expect(try #require(OnlineGeneration(json: json)).json == json, "\(name) \(number)")
            }
        }
    }

    @Test func `a gap counts files that can be there`() throws {
        var missing = ColumnGap.Files()
        missing.add(["a.csv"])
        let gap = try #require(ColumnGap(missing: missing, empty: ColumnGap.Files(), fileCount: 2))
        #expect(ColumnGap(json: gap.json) != nil)
        for name in ["count", "fileCount"] {
            for number in Self.impossible {
                let text = gap.json.compactText
                    .replacing("\"\(name)\":1", with: "\"\(name)\":\(number)")
                    .replacing("\"\(name)\":2", with: "\"\(name)\":\(number)")
                #expect(text != gap.json.compactText)
                #expect(ColumnGap(json: try JSON(parsing: text)) == nil, "\(name) \(number)")
            }
        }
    }

    /// An object with another number under a name.
    private static func exchanging(_ name: String, in json: JSON, with number: Int64) throws -> JSON {
        guard case .members(let members) = json else { return json }
        #expect(members.contains { $0.name == name })
        return .members(members.map { $0.name == name ? JSON.Member(name, .exact(number)) : $0 })
    }
}
