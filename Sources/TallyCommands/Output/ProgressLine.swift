// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// A progress line on a terminal: rows, share, rate and time left, at most ten times a second.
///
/// A pipe sees nothing.
final class ProgressLine: Sendable {
    private struct State {
        var shownAt: ContinuousClock.Instant?
        var isVisible = false
    }

    private let label: String
    private let startedAt = ContinuousClock.now
    private let state = Mutex(State())
    private let isEnabled: Bool

    /// Starts a line that begins with the label.
    init(_ label: String, isEnabled: Bool = Terminal.showsProgress) {
        self.label = label
        self.isEnabled = isEnabled
    }

    /// Shows how far the work has come; `total` may be unknown.
    ///
    /// Silent in the first half second.
    func update(_ subject: String, done: Int, of total: Int?) {
        guard isEnabled else { return }
        let now = ContinuousClock.now
        let elapsed = now - startedAt
        guard elapsed > .milliseconds(500) else { return }
        state.withLock { state in
            if let last = state.shownAt, now - last < .milliseconds(100) { return }
            state.shownAt = now
            state.isVisible = true
            Terminal.showProgress(text(subject, done: done, of: total, elapsed: elapsed))
        }
    }

    /// Clears the line.
    func finish() {
        state.withLock { state in
            if state.isVisible { Terminal.showProgress("") }
            state.isVisible = false
        }
    }

    private func text(_ subject: String, done: Int, of total: Int?, elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let rate = Double(done) / max(seconds, 0.001)
        var text = "\(label), \(subject)  \(done.grouped) rows"
        if let total, total > 0 {
            // The files say how many rows there are, and may say anything.
            let left = TimeSpan(measured: max(0, Double(total) - Double(done)) / max(rate, 1) * 1_000_000)
            text =
                "\(label), \(subject)  \(Self.bar(done, total))  \(done.grouped) of \(total.grouped) rows"
            text += "  \(Self.grouped(rate)) rows/s  \(Numbers.seconds(left)) left"
        } else {
            text += "  \(Self.grouped(rate)) rows/s"
        }
        return text
    }

    private static func grouped(_ rate: Double) -> String { (Int(exactly: rate.rounded(.down)) ?? .max).grouped }

    private static func bar(_ done: Int, _ total: Int) -> String {
        let width = 20
        let filled = Int(min(Double(width), max(0, Double(done) / Double(total) * Double(width))))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }
}
