// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A known finding that is ignored until a date, for a reason.
public struct Suppression: Sendable, Hashable {
    /// The finding to ignore: a promise's id, or a diagnostic's code and file, such as `T0607 definitions/views.yaml`.
    public let id: String
    /// The reason for ignoring it.
    public let reason: String
    /// The last day on which it holds, in UTC.
    public let until: CalendarDate
    /// The place where it is written.
    public let location: SourceLocation?

    /// Declares a suppression.
    public init(id: String, reason: String, until: CalendarDate, location: SourceLocation? = nil) {
        self.id = id
        self.reason = reason
        self.until = until
        self.location = location
    }

    /// Whether it still holds at an instant.
    public func holds(at time: Timestamp) -> Bool {
        let day = time.microseconds >= 0 ? time.microseconds / 86_400_000_000 : -1
        return day <= Int64(until.days)
    }
}
