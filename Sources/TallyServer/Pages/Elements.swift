// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The pieces that several pages share.
extension HTML {
    /// A table with a row of headings; scrolls sideways where it is too wide.
    static func table(_ headings: [String], _ rows: [[HTML]]) -> HTML {
        let head = element("tr", headings.map { element("th", $0) }.joined())
        let body = rows.map { row in element("tr", row.map { element("td", $0) }.joined()) }.joined()
        return element("div", with: [("class", "scroll")], element("table", pieces(head, body)))
    }

    /// Names with what they say, side by side.
    static func facts(_ facts: [(String, HTML)]) -> HTML {
        element(
            "dl",
            facts.map { name, value in element("div", pieces(element("dt", name), element("dd", value))) }.joined())
    }

    /// The heading of a page: what kind of thing it is, its name, and its description.
    static func heading(_ kind: String, _ name: String, _ description: String?) -> HTML {
        pieces(
            element("div", with: [("class", "kind")], kind), element("h1", name),
            description.map { element("p", $0) } ?? nothing)
    }

    /// A verdict with its colour.
    static func verdict(_ freshness: Freshness, _ text: String) -> HTML {
        element("span", with: [("class", "verdict " + freshness.rawValue)], text)
    }

    static func code(_ text: String) -> HTML { element("code", text) }

    /// Returns a text, or a dash for nil.
    static func orDash(_ text: String?) -> HTML {
        text.map { escaped($0) } ?? element("span", with: [("class", "soft")], "–")
    }

    static let comma = markup(", ")
}

extension TimeSpan {
    /// The length for people: the two largest units that count.
    var rounded: String {
        let units: [(String, Int64)] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
        let seconds = microseconds / 1_000_000
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "less than 1 s" }
        let whole = seconds / units[first].1
        var text = "\(whole) \(units[first].0)"
        if first + 1 < units.count, whole < 10 {
            let rest = seconds % units[first].1 / units[first + 1].1
            if rest > 0 { text += " \(rest) \(units[first + 1].0)" }
        }
        return text
    }
}

extension ViewCard {
    /// The age against the promise, in words.
    var freshnessText: HTML {
        guard let age else { return .verdict(.unproven, "never filled") }
        guard let limit = view.timeToLive else { return .verdict(.unproven, "\(age.rounded) old, none promised") }
        return .verdict(freshness, "\(age.rounded) old, \(limit) promised")
    }
}
