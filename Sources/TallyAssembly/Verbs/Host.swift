// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyExpressions
public import TallyModel
public import TallyStore

/// The environment that a process gives to a feature store: its clocks, a user's name, and its platform.
///
/// The caller that opens a store gives these, so that a test can give others.
public struct Host: Sendable {
    /// Reads the wall clock.
    public let now: @Sendable () -> Timestamp
    /// Reads the wall clock and the clock since boot together, to notice a jump (SEMANTICS 1.4).
    public let clocks: @Sendable () -> ClockReading
    /// The user who makes changes, for the registry.
    public let user: String
    /// The processor's architecture, such as `x86_64`.
    public let architecture: String
    /// The operating system, such as `Linux`.
    public let system: String
    /// Runs functions in Python; nil where the process has no Python.
    public let python: PythonHost?

    /// Describes a host.
    public init(
        now: @escaping @Sendable () -> Timestamp, clocks: @escaping @Sendable () -> ClockReading, user: String,
        architecture: String, system: String, python: PythonHost? = nil
    ) {
        self.now = now
        self.clocks = clocks
        self.user = user
        self.architecture = architecture
        self.system = system
        self.python = python
    }

    /// The same host with a Python, or without one.
    public func running(_ python: PythonHost?) -> Host {
        Host(now: now, clocks: clocks, user: user, architecture: architecture, system: system, python: python)
    }

    /// The environment as a training set's manifest records it.
    var environment: RunEnvironment {
        RunEnvironment(now: now, architecture: architecture, system: system, mathLibrary: MathLibrary.identity)
    }
}
