// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rule for the name of an entity, a source, a view, a service or a feature.
///
/// A lower-case letter, then lower-case letters, digits and single underscores, at most 63 characters, ending in a letter
/// or digit. Two underscores separate view and feature in full names (`origin_weather__wind_speed`), so that none of the
/// two may hold or end in what would make the full name ambiguous. Columns of data may be called anything.
public enum NameRule {
    /// The longest name, in characters.
    public static let longest = 63

    /// Returns the fault in a name; nil when there is none.
    public static func problem(with text: String) -> String? {
        let scalars = text.unicodeScalars
        guard scalars.allSatisfy({ isLetter($0) || isDigit($0) || $0 == "_" }) else {
            return "expected letters a to z, digits and '_'"
        }
        guard let first = scalars.first, isLetter(first) else { return "expected a letter a to z first" }
        if scalars.count > longest { return "expected at most \(longest) characters, found \(scalars.count)" }
        if text.contains("__") { return "'__' separates view and feature in full names" }
        return scalars.last == "_" ? "expected a letter or digit at the end" : nil
    }

    /// The nearest text that is a name; nil when nothing sensible is left.
    public static func proposal(for text: String) -> String? {
        guard text.unicodeScalars.allSatisfy(\.isASCII) else { return nil }
        var result = ""
        var previous: Unicode.Scalar = "_"
        for scalar in text.unicodeScalars {
            let isUpper = ("A"..."Z").contains(scalar)
            if isUpper, isLetter(previous) || isDigit(previous) { result += "_" }
            if isUpper {
                result += String(Character(scalar)).lowercased()
            } else if isLetter(scalar) || isDigit(scalar) {
                result.unicodeScalars.append(scalar)
            } else if result.last != "_" {
                result += "_"
            }
            previous = scalar
        }
        let trimmed = result.drop { $0 == "_" || $0.isNumber }
        var name = String(trimmed.prefix(longest))
        while name.last == "_" { name.removeLast() }
        return problem(with: name) == nil ? name : nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) }
    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
