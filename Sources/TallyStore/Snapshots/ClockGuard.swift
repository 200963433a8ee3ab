// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// A reading of the machine's clocks at one moment.
public struct ClockReading: Sendable, Hashable {
    /// The wall clock, which anybody may set.
    public let wall: Timestamp
    /// The time since the machine was started, which no user can set.
    public let sinceStart: TimeSpan
    /// Names this start of the machine.
    public let start: String

    /// Notes what the clocks say.
    public init(wall: Timestamp, sinceStart: TimeSpan, start: String) {
        self.wall = wall
        self.sinceStart = sinceStart
        self.start = start
    }
}

/// Refuses to write by a clock that jumped, until an operator confirms the clock (SEMANTICS 1.4).
///
/// What is written by a clock that is ahead counts as known in the future, and hides what comes later. The clocks of the
/// last write stand in `.tally/clock.json`; without that file nothing can be compared, and nothing is refused. A file that
/// says nothing is none of ours: no write trusts it either.
public struct ClockGuard: Sendable {
    /// The path of the clocks of the last write, relative to the repository.
    public static let path = ".tally/clock.json"
    /// So much a clock may be behind what was written by another.
    public static let tolerance = TimeSpan(microseconds: 60_000_000)
    /// A note that is younger is as good as a new one.
    private static let freshness = TimeSpan(microseconds: 1_000_000)
    private static let longestStep = TimeSpan(microseconds: 3_600_000_000)

    private let file: String
    private let read: @Sendable () -> ClockReading
    /// Whether an operator confirmed the clock.
    private let isAccepted: Bool

    /// Guards a repository; `read` tells what the clocks say.
    public init(root: String, isAccepted: Bool = false, read: @escaping @Sendable () -> ClockReading) {
        file = root + "/" + Self.path
        self.isAccepted = isAccepted
        self.read = read
    }

    /// Throws `E-clock` where the clock is behind the last write, or was moved since, and `E-corrupt` where the file with the
    /// clocks of the last write does not say.
    public func check() throws(TallyError) {
        guard !isAccepted, let last = try recorded() else { return }
        let now = read()
        if last.wall.isAhead(of: now.wall) {
            throw Self.error(
                "the clock says \(now.wall), and something was written at \(last.wall) already",
                "what was written by a clock that was ahead is then written anew")
        }
        try Self.expectSteady(now, since: last, "the last write")
    }

    /// What the clocks say now.
    var present: ClockReading { read() }

    /// Throws `E-clock` where the clock was moved since a reading of the same run, whatever an operator confirmed before.
    func expectSteady(since reading: ClockReading) throws(TallyError) {
        try Self.expectSteady(read(), since: reading, "this run began")
    }

    private static func expectSteady(
        _ now: ClockReading, since last: ClockReading, _ event: String
    ) throws(TallyError) {
        guard now.start.isSame(as: last.start) else { return }
        let passed = difference(now.wall.microseconds, last.wall.microseconds)
        let ran = difference(now.sinceStart.microseconds, last.sinceStart.microseconds)
        let moved = difference(passed, ran)
        guard moved.magnitude > UInt64(longestStep.microseconds) else { return }
        let span = TimeSpan(microseconds: Int64(clamping: moved.magnitude))
        throw error(
            "the clock was put \(moved < 0 ? "back" : "on") by \(span.rounded) since \(event), and says \(now.wall)",
            "what is written now counts as known from then on")
    }

    /// The difference, or the end of the range that it lies beyond: the file may say anything.
    private static func difference(_ left: Int64, _ right: Int64) -> Int64 {
        let (difference, overflow) = left.subtractingReportingOverflow(right)
        return overflow ? (left < right ? .min : .max) : difference
    }

    private static func error(_ message: String, _ consequence: String) -> TallyError {
        TallyError(
            .clock, message,
            help: "set the clock; if it is right, `\(.materialize(acceptClock: true))` says so: \(consequence)")
    }

    /// Notes the clocks of a write; where that is not possible nothing is compared later.
    ///
    /// The note waits for the disk, so that no failing power leaves an empty one, and so is made once a second at most.
    public func note() {
        let now = read()
        // A clock of a year that has no text cannot be written down.
        guard Timestamp(now.wall.description) != nil else { return }
        if let last = (try? recorded()) ?? nil, last.start.isSame(as: now.start),
            Self.isFresh(last.wall.microseconds, now.wall.microseconds),
            Self.isFresh(last.sinceStart.microseconds, now.sinceStart.microseconds)
        {
            return
        }
        let json = JSON.object([
            ("wall", .string(now.wall.description)), ("sinceStart", .exact(now.sinceStart.microseconds)),
            ("start", .string(now.start)),
        ])
        try? FileName.makeFolder(FileName.folder(of: file))
        try? AtomicFile.write(Array((json.compactText + "\n").utf8), to: file)
    }

    private static func isFresh(_ last: Int64, _ now: Int64) -> Bool {
        (0..<freshness.microseconds).contains(difference(now, last))
    }

    /// The clocks of the last write; nil where none was noted.
    private func recorded() throws(TallyError) -> ClockReading? {
        guard let bytes = try AtomicFile.read(file) else { return nil }
        guard let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)),
            let wall = json["wall"]?.stringValue.flatMap({ Timestamp($0) }),
            let sinceStart = json["sinceStart"]?.exactValue, let start = json["start"]?.stringValue
        else {
            throw TallyError(
                .corrupt,
                "does not hold the clocks of the last write, so that nobody can tell whether the clock jumped",
                subject: Self.path,
                help:
                    "look at the clock; if it is right, `\(.materialize(acceptClock: true))` says so and writes the file anew"
            )
        }
        return ClockReading(wall: wall, sinceStart: TimeSpan(microseconds: sinceStart), start: start)
    }
}

extension Timestamp {
    /// Whether it lies further ahead of an instant than clocks differ.
    func isAhead(of now: Timestamp) -> Bool {
        let (limit, overflow) = now.microseconds.addingReportingOverflow(ClockGuard.tolerance.microseconds)
        return !overflow && microseconds > limit
    }
}
