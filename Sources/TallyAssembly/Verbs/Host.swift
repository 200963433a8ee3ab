// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel
public import TallyStore

/// What the process lends a feature store: its clocks, a user's name, and what it runs on.
///
/// Whoever opens a store gives these, so that a test can give others.
public struct Host: Sendable {
    /// Reads the wall clock.
    public let now: @Sendable () -> Timestamp
    /// Reads the wall clock and the clock since boot together, to notice a jump (SEMANTICS 1.4).
    public let clocks: @Sendable () -> ClockReading
    /// Who changes things, for the registry.
    public let user: String
    /// The processor's architecture, such as `x86_64`.
    public let architecture: String
    /// The operating system, such as `Linux`.
    public let system: String

    /// Describes a host.
    public init(
        now: @escaping @Sendable () -> Timestamp, clocks: @escaping @Sendable () -> ClockReading, user: String,
        architecture: String, system: String
    ) {
        self.now = now
        self.clocks = clocks
        self.user = user
        self.architecture = architecture
        self.system = system
    }

    /// What a training set's manifest says of the place where it was made.
    var environment: RunEnvironment {
        RunEnvironment(now: now, architecture: architecture, system: system, mathLibrary: MathLibrary.identity)
    }
}
