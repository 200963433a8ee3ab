// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

@Suite("Repeated keys and odd YAML")
struct RepeatedKeyTests {
    private func codes(_ text: String) -> [String] {
        let file = DefinitionFile(path: "definitions/x.yaml", text: text)
        return RepositoryReader.read(files: [SampleRepository.project, file]).diagnostics.map(\.code.code)
    }

    @Test(arguments: [
        ("kind: Entity\nkind: Entity\n", 1), ("{kind: Entity, kind: Source, kind: Entity}\n", 2),
        ("name: a\n\"name\": b\n'name': c\n", 2), ("\"\": 1\n\"\": 2\n", 1), ("? [a]\n: 1\n? [a]\n: 2\n", 1),
        ("tags: {a: 1, b: 2, a: 3, b: 4}\n", 2), ("no: 1\nno: 2\n", 1), ("1: a\n\"1\": b\n", 1),
        ("é: 1\né: 2\n", 1), ("風: {風: 1, 風: 2}\n風: 3\n", 2), ("-a: 1\n-a: 2\n", 1), ("\"\\x61\": 1\na: 2\n", 1),
        ("\"\\x61\": 1\n\"\\x61\": 2\n", 1),
    ])
    func `each repetition of a key is told, however the key is written`(_ text: String, _ count: Int) {
        #expect(codes(text).count { $0 == "T0109" } == count, "\(text)")
    }

    @Test
    func `a repeated key keeps its own name, and nothing else is said about it`() {
        let text = "kind: Entity\nname: a\nname: b\njoinKeys: [{name: k, type: int64}]\n"
        #expect(codes(text) == ["T0109"])
    }

    @Test
    func `a repeated key does not hide what is wrong elsewhere in the document`() {
        #expect(codes("kind: Entity\nname: a\nname: b\njoinKeys: []\n") == ["T0109", "T0206"])
    }

    @Test
    func `nesting up to the parser's own limit is read, and refused as any wrong shape`() {
        for depth in [100, 500, 950] {
            let brackets = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(codes("kind: Entity\nname: a\njoinKeys: \(brackets)\n") == ["T0203"], "\(depth)")
            let braces = String(repeating: "{a: ", count: depth) + "b" + String(repeating: "}", count: depth)
            #expect(codes("kind: Entity\nname: a\njoinKeys: \(braces)\n") == ["T0203"], "\(depth)")
        }
    }

    @Test
    func `aliases that multiply are refused without multiplying work`() {
        var text = "kind: Entity\nname: a\na: &a0 [x, x]\n"
        for level in 1...40 { text += "b\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(codes(text).contains("T0110"))
    }
}
