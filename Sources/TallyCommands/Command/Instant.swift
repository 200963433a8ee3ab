// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// An instant on the command line: RFC 3339 with an offset.
struct Instant {
    let time: Timestamp

    /// Reads an instant.
    ///
    /// A day is refused with what to write, and not taken as its midnight: whether what happened on a day is known at its
    /// start or at its end is the difference between a sound training set and one that leaks.
    static func read(_ text: String) throws -> Instant {
        if let time = Timestamp(text) { return Instant(time: time) }
        let midnight = text + "T00:00:00Z"
        guard Timestamp(midnight) == nil else {
            throw BadValue(
                message: "'\(text)' is a day and not an instant", help: "write \(midnight) for its start in UTC")
        }
        for separator in ["T", " "] {
            let parts = text.split(separator: Character(separator), maxSplits: 1)
            guard parts.count == 2 else { continue }
            let time = parts[1].utf8.count { $0 == UInt8(ascii: ":") } == 1 ? parts[1] + ":00" : parts[1] + ""
            guard let zoned = ["\(parts[0])T\(time)Z"].first(where: { Timestamp($0) != nil }) else { continue }
            throw BadValue(message: "'\(text)' has no offset from UTC", help: "write \(zoned) for that time in UTC")
        }
        throw BadValue(
            message: "'\(text)' is not an instant", help: "write it with an offset, such as 2013-12-31T00:00:00Z")
    }
}
