// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

/// Words of others stay words, wherever they are shown.
@Suite struct MediumTests {
    private static let hostile = [
        "::error::forged", "a\n::error::forged", "a\r\n::error::forged", "##[error]forged", "###[error]",
        "##vso[task.x]",
        "esc \u{1B}[2J\u{7} bell", "8-bit \u{9B}2J", "right \u{202E}to left", "line\u{2028}para\u{2029}next\u{85}",
        "soft\u{AD}hyphen \u{FEFF} tag\u{E0041}", "tab\tnull\u{0}del\u{7F}", "a|b`c``d<b>&\"'\\*_~$",
        "[x](https://x.example)",
        "www.x.example", "50 % of a,b:c", ",\u{301}line=1", "%\u{301}0A", "é ü 日本 👩‍👩‍👧", "", "plain words",
    ]

    @Test(arguments: Medium.allCases, hostile)
    func `nothing that cannot be seen gets through, nor a line of its own`(medium: Medium, text: String) {
        let shown = medium.escaped(text).unicodeScalars
        let isJSON = medium == .json
        #expect(
            shown.allSatisfy { scalar in
                let kind = scalar.properties.generalCategory
                let isHidden = kind == .control || kind == .lineSeparator || kind == .paragraphSeparator
                return !isHidden || isJSON && scalar.value < 0x7F
            }, "\(medium) \(text.debugDescription)")
        for scalar: Unicode.Scalar in ["\u{202E}", "\u{FEFF}", "\u{E0041}", "\u{AD}"] {
            #expect(!shown.contains(scalar))
        }
        let isRunnerCommand =
            String(shown).utf8.split(separator: UInt8(ascii: "#")).count > 0
            && (String(shown).contains("##[") || String(shown).contains("##vso["))
        // A line that is one workflow command already is not looked through for another.
        #expect(!isRunnerCommand || medium == .gitHubMessage || medium == .gitHubProperty, "\(String(shown))")
    }

    @Test(arguments: hostile)
    func `escaping for the terminal twice is escaping once`(text: String) {
        let once = Medium.terminal.escaped(text)
        #expect(Medium.terminal.escaped(once) == once)
    }

    @Test func `what people write stays as it is`() {
        for text in ["plain words, 50 %", "é ü 日本", "👩‍👩‍👧 می‌خواهم", "^[a-z]{2}$ and C:\\x", "a #1 issue, ## two"] {
            #expect(Medium.terminal.escaped(text).utf8.elementsEqual(text.utf8), "\(text)")
        }
    }

    @Test func `each form has its own signs`() {
        #expect(Medium.terminal.escaped("a\u{1B}[2J\n\tb") == "a\\u{1b}[2J\\n\\tb")
        #expect(
            Medium.markdown.escaped("a|b <i>`x`</i> *c* [d](e)\nf")
                == "a\\|b &lt;i&gt;\\`x\\`&lt;/i&gt; \\*c\\* \\[d\\](e) f")
        #expect(Medium.markdown.escaped("see https://x.example") == "see https\\://x.example")
        #expect(Medium.markdownCode.escaped("t.x") == "`t.x`")
        #expect(Medium.markdownCode.escaped("t.`x|") == "<code>t.\\`x\\|</code>")
        #expect(
            Medium.xml.escaped("<a b=\"c\">&\n\u{1B}\u{FFFE}") == "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\\u{1b}\\u{fffe}")
        #expect(Medium.gitHubMessage.escaped("50 %\r\na:b,c") == "50 %25%0D%0Aa:b,c")
        #expect(Medium.gitHubProperty.escaped("a:b,\u{301}c%") == "a%3Ab%2C\u{301}c%25")
        #expect(Medium.uri.escaped("a b/%20#é,d:1.yaml") == "a%20b/%2520%23%C3%A9%2Cd%3A1.yaml")
        #expect(Medium.uri.escaped("/a b") == "file:///a%20b")
    }

    @Test(arguments: hostile)
    func `JSON keeps its meaning`(text: String) throws {
        let value = JSON.object([(text, .array([.string(text)]))])
        for form in [value.prettyText, value.compactText] {
            let read = try JSON(parsing: Medium.json.escaped(form))
            #expect(read.objectValue?.first?.name.utf8.elementsEqual(text.utf8) == true)
            #expect(
                read.objectValue?.first?.value.arrayValue?.first?.stringValue?.utf8.elementsEqual(text.utf8) == true)
        }
    }

    @Test func `lines for a terminal keep their breaks, and our colours where they are painted`() {
        #expect(Medium.terminalLines("a\n  ::error::b\n::c") == "a\n  \\u{3a}:error::b\n\\u{3a}:c")
        #expect(Medium.terminalLines("\u{A0}\u{3000}::error::b").contains("\\u{3a}:error"))
        let painted = "\u{1B}[1;31merror\u{1B}[0m \u{1B}[2J \u{1B}]0;x\u{7} \u{1B}"
        #expect(
            Medium.terminalLines(painted, isPainted: true)
                == "\u{1B}[1;31merror\u{1B}[0m \\u{1b}[2J \\u{1b}]0;x\\u{7} \\u{1b}")
        #expect(!Medium.terminalLines(painted).unicodeScalars.contains("\u{1B}"))
    }

    @Test func `an error keeps to its line`() {
        let error = TallyError(
            .notFound, "no\n::error::x", subject: "a\u{1B}[2J", help: "b\nerror[E-misuse]: forged", underlying: nil)
        #expect(
            error.description
                == "error[E-not-found]: a\\u{1b}[2J: no\\n::error::x\nhelp: b\\nerror[E-misuse]: forged")
        #expect(error.json(for: .commandLine)["subject"]?.stringValue == "a\u{1B}[2J")
    }
}
