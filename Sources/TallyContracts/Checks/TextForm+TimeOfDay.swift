// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension TextForm {
    /// Returns the anchored pattern of times of day in the form of Java's `DateTimeFormatter`; nil for an unknown form
    /// or one without hours.
    static func timeOfDay(_ format: String) -> String? {
        var pattern = ""
        var hasHours = false
        var hasHalves = false
        var needsHalves = false
        var rest = Array(format.unicodeScalars)[...]
        while let letter = rest.first {
            if letter == "'" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: "'") else { return nil }
                pattern += end == rest.startIndex ? "'" : rest[..<end].map(escaped).joined()
                rest = rest[(end + 1)...]
                continue
            }
            let count = rest.prefix { $0 == letter }.count
            rest = rest.dropFirst(count)
            switch (letter, count) {
            case ("H", 1...2):
                pattern += count == 2 ? "([01][0-9]|2[0-3])" : "(1?[0-9]|2[0-3])"
                hasHours = true
            case ("h", 1...2):
                pattern += count == 2 ? "(0[1-9]|1[0-2])" : "([1-9]|1[0-2])"
                (hasHours, needsHalves) = (true, true)
            case ("a", 1):
                pattern += "([AaPp][Mm])"
                hasHalves = true
            case ("m", 1...2), ("s", 1...2): pattern += count == 2 ? "[0-5][0-9]" : "[1-5]?[0-9]"
            case ("S", 1...9): pattern += "[0-9]{\(count)}"
            case ("X", 1...3), ("x", 1...3), ("Z", 1...5):
                pattern += "([Zz]|[+\\-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"
            default:
                // Letters and these marks are reserved; all other characters stand for themselves.
                guard !letter.isASCII || !letter.properties.isAlphabetic, !"[]{}#".unicodeScalars.contains(letter)
                else { return nil }
                pattern += String(repeating: escaped(letter), count: count)
            }
        }
        return hasHours && hasHalves == needsHalves ? "^\(pattern)$" : nil
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let isSpecial = "\\^$.|?*+()[]{}/".unicodeScalars.contains(scalar)
        return (isSpecial ? "\\" : "") + String(scalar)
    }
}
