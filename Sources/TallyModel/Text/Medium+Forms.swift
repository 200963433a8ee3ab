// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Medium {
    /// Returns text for Markdown as GitHub and GitLab read it: signs of markup, HTML and formulas are literal, and no
    /// link is made.
    static func markdown(_ text: String) -> String {
        var result = ""
        for scalar in visible(text, except: ["\n"]).unicodeScalars {
            switch scalar {
            case "\n": result += " "
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "#", "!": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result.replacing("://", with: "\\://").replacing("www.", with: "www\\.")
    }

    /// A name between backticks where that is enough, else in a `code` element.
    static func code(_ text: String) -> String {
        let name = defused(visible(text), by: "\\u{23}")
        return name.utf8.contains { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "|") } || name.isEmpty
            ? "<code>\(markdown(name))</code>" : "`\(name)`"
    }

    /// Returns text for an attribute: line breaks by number, and characters that XML 1.0 cannot hold written out.
    static func xml(_ text: String) -> String {
        var result = ""
        for scalar in visible(text, except: ["\n", "\t", "\r"]).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\r": result += "&#13;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return defused(result, by: "&#35;")
    }

    /// A workflow command ends with its line, and `%` begins an escape; colons and commas part its properties.
    ///
    /// Works on scalars: as a character, `\r\n` is neither of the two, and a comma with an accent is no comma.
    static func gitHub(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in visible(text, except: ["\n", "\r"]).unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\n": result += "%0A"
            case "\r": result += "%0D"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Returns a JSON text with invisible characters written out; they can only be in its strings.
    static func visibleJSON(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x7F, isHidden(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(Character(scalar)).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }

    /// A path as RFC 3986 writes one: relative to the repository, or with `file://` where it is absolute.
    static func uri(_ path: String) -> String {
        var result = path.isAbsolutePath ? "file://" : ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

extension Medium {
    /// Lines for a terminal or a pipeline's log, from lines that may hold words of others.
    ///
    /// What cannot be seen is written out but line feeds and, where `isPainted`, colours; a line that would begin with `::`,
    /// as workflow commands do, begins with `\u{3a}:`.
    public static func terminalLines(_ text: String, isPainted: Bool = false) -> String {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let shown = isPainted ? painted(line) : Medium.terminal.escaped(String(line))
            let blanks = shown.unicodeScalars.prefix { $0.properties.isWhitespace }
            let rest = String(shown.unicodeScalars.dropFirst(blanks.count))
            return rest.utf8.starts(with: "::".utf8)
                ? String(blanks) + "\\u{3a}" + String(rest.unicodeScalars.dropFirst()) : shown
        }.joined(separator: "\n")
    }

    /// A line whose colours are ours and stay.
    private static func painted(_ line: Substring.UnicodeScalarView) -> String {
        var result = ""
        var rest = line
        while let escape = rest.firstIndex(of: "\u{1B}") {
            result += Medium.terminal.escaped(String(rest[..<escape]))
            let behind = rest[rest.index(after: escape)...]
            let numbers = behind.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
            if behind.first == "[", numbers.endIndex < behind.endIndex, behind[numbers.endIndex] == "m" {
                rest = behind[behind.index(after: numbers.endIndex)...]
                result += "\u{1B}[" + String(numbers) + "m"
            } else {
                rest = behind
                result += "\\u{1b}"
            }
        }
        return result + Medium.terminal.escaped(String(rest))
    }
}
