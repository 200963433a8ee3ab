// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The notes about sources whose event times are days, or look like days.
enum DayNotes {
    /// One note for each source of days that declares no known time, and for a label's, in order and each once.
    static func all(of views: [CompiledView], label: CompiledLabel? = nil) -> [String] {
        var notes: [String] = []
        for view in views where view.isOfDays && view.knownColumn == view.source.eventTime {
            notes.append(
                "source \(view.source.name): \(view.source.eventTime ?? "") is a column of days: each row happened when "
                    + "its day began, and is known when the day is over (\(view.source.timeZone)); `knownAfter` "
                    + "says otherwise")
        }
        if let label, label.isOfDays {
            notes.append(
                "source \(label.source.name): \(label.source.eventTime ?? "") is a column of days: the maturity of a "
                    + "label counts from when its day is over (\(label.source.timeZone))")
        }
        return notes.uniqued()
    }

    /// Returns the note about texts that are days without a time of day.
    static func days(_ count: Int, _ source: Source) -> String {
        "source \(source.name): \(count.grouped) times are days without a time of day: each row happened when its day began, "
            + "and is known when the day is over (\(source.timeZone)); `knownAfter` says otherwise"
    }

    /// Returns the note for a source in which every time is a midnight that counts as known at once.
    static func midnights(_ source: Source) -> String {
        "every row of source \(source.name) happened at 00:00 and counts as known from then on; if these are days, make "
            + "\(source.eventTime ?? "the event time") a column of type date, or write `knownAfter: 1d`, so that nobody "
            + "sees a day before it is over"
    }
}

extension CompiledView {
    /// Whether rows count as known from their event times on.
    var isKnownAtOnce: Bool {
        switch source.knownTime {
        case .undeclared: source.eventTime != nil && !isOfDays
        case .after(let delay): delay == .zero
        case .column: false
        }
    }
}
