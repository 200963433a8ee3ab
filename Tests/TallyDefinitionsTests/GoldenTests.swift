// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDefinitions
import TallyExpressions
import TallyModel
import Testing

@Suite("Goldens")
struct GoldenTests {
    @Test(arguments: Golden.all)
    func `the whole text of a check is the golden's`(_ golden: Golden) throws {
        let text = try golden.text()
        if ProcessInfo.processInfo.environment["TALLY_REWRITE"] == "1" {
            try text.write(to: golden.expectedFile, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: golden.expectedFile, encoding: .utf8)
        #expect(text == expected, "run with TALLY_REWRITE=1 to rewrite \(golden.name)/expected.txt, and read it")
    }

    @Test
    func `there are at least 45 goldens`() {
        #expect(Golden.all.count >= 45)
    }

    @Test
    func `every code of definitions and expressions stands in a golden`() {
        let texts = Golden.all.compactMap { try? String(contentsOf: $0.expectedFile, encoding: .utf8) }.joined()
        // Why a code has no golden.
        let elsewhere = [
            "T0101": "a link to nothing, made by RepositoryReaderTests: not every checkout can hold one",
            "T0727": "patterns are judged by another room, and by ContractHookTests",
            "T0728": "types of a contract are judged by another room, and by ContractHookTests",
            "T0416": "a feature declares its type, so a bare null always has one",
        ]
        for code in DefinitionCode.all + ContractCode.all + ExpressionCode.all where elsewhere[code.code] == nil {
            #expect(texts.contains("[\(code.code)]"), "no golden shows \(code.code): \(code.title)")
        }
    }

    @Test
    func `codes are unique and in order`() {
        let codes = DefinitionCode.all.map(\.code) + ContractCode.all.map(\.code)
        #expect(codes == Set(codes).sorted())
        #expect(Set(codes).isDisjoint(with: ExpressionCode.all.map(\.code)))
    }

    @Test(arguments: Golden.all)
    func `an error leaves no definition set, and no error leaves one`(_ golden: Golden) throws {
        let result = try golden.checked()
        #expect((result.set == nil) == result.hasErrors)
    }
}
