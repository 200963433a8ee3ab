// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The choice of a member of a set that is easy to read in an example.
extension ScalarSet {
    /// Letters and digits first, then what else can be seen, in a few scripts.
    private static let preferred: [ClosedRange<UInt32>] = [
        0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x21...0x7E, 0x20...0x20, 0xDF...0xFF, 0x3B1...0x3C9, 0x430...0x44F,
        0x4E00...0x9FFF, 0x1F600...0x1F64F,
    ]

    /// The member that reads best: `a` before `0` before `!`, a visible one before any other.
    var mostReadable: UInt32? {
        for wanted in Self.preferred {
            if let range = ranges.first(where: { $0.overlaps(wanted) }) { return range.clamped(to: wanted).lowerBound }
        }
        for range in ranges {
            if let value = range.prefix(256).first(where: Self.isVisible) { return value }
        }
        return ranges.first?.lowerBound
    }

    /// Less is more readable; only good for sorting.
    static func effort(toRead value: UInt32) -> Int {
        if let place = preferred.firstIndex(where: { $0.contains(value) }) { return place }
        return isVisible(value) ? preferred.count : preferred.count + 1
    }

    private static func isVisible(_ value: UInt32) -> Bool {
        guard let category = Unicode.Scalar(value)?.properties.generalCategory else { return false }
        return switch category {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator, .nonspacingMark, .spacingMark, .enclosingMark: false
        default: true
        }
    }
}
