// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyTesting

/// Random JSON texts, most of them right, written by nobody's writer.
enum RandomJSON {
    static func string(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "Z", "\"", "\\", "/", "\n", "\t", "\r", "\u{0}", "\u{1F}", "\u{7F}", "ü", "€", "\u{1F6EB}", "e\u{301}",
            "\u{FFFF}",
        ]
        return (0..<Int.random(in: 0...12, using: &generator)).map { _ in generator.pick(pieces) }.joined()
    }

    /// One text of a value, with white space and escapes wherever they may be.
    static func document(_ generator: inout SeededGenerator, depth: Int = 0) -> String {
        let space = generator.pick(["", "", "", " ", "\n\t", "\r "])
        return space + value(&generator, depth: depth) + generator.pick(["", "", " "])
    }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &generator) {
        case 0: return generator.pick(["null", "true", "false"])
        case 1:
            return String(Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0...63, using: &generator))
        case 2: return number(&generator)
        case 3, 4, 5: return quoted(&generator)
        case 6, 7:
            let elements = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                document(&generator, depth: depth + 1)
            }
            return "[" + elements.joined(separator: ",") + "]"
        default:
            let members = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                "\"k\(index)\"" + generator.pick(["", " "]) + ":" + document(&generator, depth: depth + 1)
            }
            return "{" + generator.pick(["", " "]) + members.joined(separator: ",") + "}"
        }
    }

    private static func number(_ generator: inout SeededGenerator) -> String {
        var text = generator.pick(["", "-"]) + generator.pick(["0", "1", "12", "907199254740993"])
        if Bool.random(using: &generator) {
            text += "." + generator.pick(["0", "5", "25", "000001", "123456789012345678"])
        }
        if Bool.random(using: &generator) {
            text += generator.pick(["e", "E"]) + generator.pick(["", "+", "-"]) + generator.pick(["0", "7", "20"])
        }
        return text
    }

    private static func quoted(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "key", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00fc",
            "\\ud83d\\uDEEB", "ü",
            "\u{1F6EB}", "\\u0000",
        ]
        return "\"" + (0..<Int.random(in: 0...6, using: &generator)).map { _ in generator.pick(pieces) }.joined() + "\""
    }

    /// A text with some bytes changed, taken out, doubled or put in.
    static func mutated(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(generator.pick(Array("{}[]\",:\\0-.eE tfnu\u{0}".utf8)), at: place)
            case 3: bytes.removeSubrange(place...)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...20, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}
