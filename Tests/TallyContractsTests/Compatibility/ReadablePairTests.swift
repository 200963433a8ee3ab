// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyModel
import Testing

@testable import TallyContracts

/// `Tests/Vectors/readable-types.json`: old data under a new type, and whether they can be read.
///
/// A reader of files is held against the same table: what is backward compatible can be read, without a loss.
@Suite struct ReadablePairTests {
    private static let pairs: [JSON] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Vectors/readable-types.json")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return (try? JSON(parsing: text))?.arrayValue ?? []
    }()

    @Test func `the table has pairs of both kinds`() {
        for word in ["yes", "no"] {
            #expect(Self.pairs.contains { $0["backward"]?.stringValue == word })
        }
    }

    @Test(arguments: pairs)
    func `what is called backward compatible is what can be read`(_ pair: JSON) throws {
        let (old, new) = (pair["old"]?.stringValue ?? "", pair["new"]?.stringValue ?? "")
        let comparison = ContractComparison(
            SampleContract(SampleColumn("x", physical: old)), SampleContract(SampleColumn("x", physical: new)))
        #expect(comparison.backward.word == pair["backward"]?.stringValue, "\(comparison.text)")
        // Each value that is listed reads as itself, or is the one that does not.
        let forms = (ColumnForm(physical: old, logicalType: nil), ColumnForm(physical: new, logicalType: nil))
        for text in pair["values"]?.arrayValue?.compactMap(\.stringValue) ?? [] where !text.hasPrefix("[") {
            guard let value = Value(parsing: text, as: forms.0.type) else { continue }
            let read = forms.0.convert(value, to: forms.1)
            #expect((read != nil) == comparison.backward.isYes, "\(old) \(text) as \(new)")
        }
    }
}
