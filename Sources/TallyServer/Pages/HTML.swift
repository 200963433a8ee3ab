// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A piece of a page; text becomes one only by being escaped.
struct HTML {
    let text: String

    fileprivate init(text: String) { self.text = text }

    /// Returns markup without escaping it; for literals only.
    static func markup(_ text: StaticString) -> HTML { HTML(text: "\(text)") }

    /// Returns text with all markup escaped.
    static func escaped(_ text: String) -> HTML {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return HTML(text: safe)
    }

    /// An element around a piece.
    static func element(
        _ name: StaticString, with attributes: [(StaticString, String)] = [], _ content: HTML
    ) -> HTML {
        var text = "<\(name)"
        for (attribute, value) in attributes { text += " \(attribute)=\"\(escaped(value).text)\"" }
        return HTML(text: text + ">" + content.text + "</\(name)>")
    }

    /// An element around text.
    static func element(
        _ name: StaticString, with attributes: [(StaticString, String)] = [], _ content: String
    ) -> HTML {
        element(name, with: attributes, escaped(content))
    }

    /// A link to a path of this server, whose last segment is a name.
    static func link(_ path: StaticString, name: String) -> HTML {
        element("a", with: [("href", "\(path)" + PercentEncoding.encode(name))], name)
    }

    static let nothing = HTML(text: "")

    /// One piece after the other.
    static func pieces(_ pieces: HTML...) -> HTML { pieces.joined() }
}

extension [HTML] {
    /// One piece after the other, with a separator between.
    func joined(_ separator: HTML = .nothing) -> HTML { HTML.join(self, separator) }
}

extension HTML {
    fileprivate static func join(_ pieces: [HTML], _ separator: HTML) -> HTML {
        HTML(text: pieces.map(\.text).joined(separator: separator.text))
    }
}
