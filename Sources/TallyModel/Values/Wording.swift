// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Int {
    /// The number with thousands apart, as people read it: `336,776`, `-1,000`.
    public var grouped: String {
        var text = String(magnitude)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return (self < 0 ? "-" : "") + text
    }
}

extension TimeSpan {
    /// The length in its largest unit, rounded down to a tenth, as people read it: `3.2 h`, `12 d`; units below a second
    /// are whole, and a negative length is `0 s`.
    public var rounded: String {
        guard let unit = Self.units.first(where: { microseconds >= $0.microseconds }) else { return "0 s" }
        let whole = microseconds / unit.microseconds
        let tenth = unit.microseconds < 1_000_000 ? 0 : microseconds % unit.microseconds / (unit.microseconds / 10)
        return (tenth == 0 ? "\(whole)" : "\(whole).\(tenth)") + " \(unit.name)"
    }
}
