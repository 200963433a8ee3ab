// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// One run of a command that made something: what, when, from which state, with which outcome.
public struct RunRecord: Sendable, Hashable {
    /// The command, such as `train`.
    public let command: String
    /// The service or view it worked for.
    public let subject: String
    /// The time at which the run started.
    public let startedAt: Timestamp
    /// The run's duration, in microseconds.
    public let duration: TimeSpan
    /// The identity of what it made.
    public let identity: Fingerprint
    /// The numbers worth remembering, as the command reports them.
    public let summary: JSON
    /// The typed part of the record, which the registry indexes.
    public let detail: RunDetail

    /// Describes a run.
    public init(
        command: String, subject: String, startedAt: Timestamp, duration: TimeSpan, identity: Fingerprint,
        summary: JSON, detail: RunDetail = .none
    ) {
        self.command = command
        self.subject = subject
        self.startedAt = startedAt
        self.duration = duration
        self.identity = identity
        self.summary = summary
        self.detail = detail
    }
}
