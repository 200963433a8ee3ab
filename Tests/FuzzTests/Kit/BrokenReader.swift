// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A reader beside a target's own that is broken on purpose, so that a search that finds nothing is seen to find something.
///
/// Each has a mistake that readers of its format are known for. It stands behind the target's own reader, takes its time from
/// the target's share, and has to be found by changes alone: kept inputs that show it are left out.
struct BrokenReader: Sendable {
    /// What it gets wrong, in words.
    let mistake: String
    /// Whether it gets an input wrong.
    let isWrong: @Sendable ([UInt8]) -> Bool

    private init(_ mistake: String, _ isWrong: @escaping @Sendable ([UInt8]) -> Bool) {
        (self.mistake, self.isWrong) = (mistake, isWrong)
    }

    /// The broken reader of each target.
    static let all: [String: BrokenReader] = [
        "Pattern": BrokenReader("counts are read into one byte") { input in
            numbers(input, behind: UInt8(ascii: "{")).contains { $0 > 255 }
        },
        "Expression": BrokenReader("the second case is taken for the first") { input in
            text(input).split(separator: "case when", omittingEmptySubsequences: false).count > 2
        },
        "Contract": BrokenReader("an alias is looked up before it is known") { input in
            places("*", input).contains { place in !text(input[..<place]).contains("&") }
        },
        "Definition": BrokenReader("members are merged that nobody has") { text($0).contains("<<: ") },
        "Body": BrokenReader("the least integer is negated") { text($0).contains("-9223372036854775808") },
        "Head": BrokenReader("an escape is read beyond its line") { input in
            input.split(separator: 0x0A).contains { $0.suffix(2).contains(UInt8(ascii: "%")) }
        },
        "Cell": BrokenReader("a length is believed") { $0.count > 2 && Int($0[1]) > $0.count - 2 },
        "Directory": BrokenReader("a record is as long as it should be") { input in
            input.count > 2 && input[0] % 3 == 0 && (1..<13).contains(input[1])
        },
        "Pages": BrokenReader("a file has all pages that it says") { input in
            kinds(input).dropFirst().contains(6)
        },
        "Footer": BrokenReader("a list says how long it is") { $0.contains(0xFC) },
        "CSV": BrokenReader("a field that is open at the end is forgotten") { input in
            input.count > 4 && input.dropFirst(4).count { $0 == UInt8(ascii: "\"") } % 2 == 1
        },
        "JSONLines": BrokenReader("half a character is one") { text($0).contains("\\ud800") },
        "Value": BrokenReader("an exponent has two digits") { input in
            numbers(input, behind: UInt8(ascii: "e")).contains { $0 > 99 }
        },
        "Document": BrokenReader("a zero ends a text") { text($0).contains("\\u0000") },
        "Registry": BrokenReader("a page is wiped once") { kinds($0).count { $0 == 4 } > 1 },
    ]

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private static func places(_ byte: Unicode.Scalar, _ input: [UInt8]) -> [Int] {
        input.indices.filter { input[$0] == UInt8(ascii: byte) }
    }

    /// The numbers that begin right behind a byte.
    private static func numbers(_ input: [UInt8], behind byte: UInt8) -> [Double] {
        input.indices.filter { input[$0] == byte }.compactMap { place in
            Double(text(input[(place + 1)...].prefix { (0x30...0x39).contains($0) }))
        }
    }

    /// The kinds of the changes that an input is (`FuzzEdits`).
    private static func kinds(_ input: [UInt8]) -> [UInt8] {
        stride(from: 3, to: input.count, by: FuzzEdits.size).map { (input[$0] >> 1) % 8 }
    }
}
