// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A release with what the registry knows of it.
public struct RegisteredRelease: Sendable, Hashable {
    /// The release itself.
    public let release: Release
    /// Its number, counting from 1 for each service.
    public let number: Int
    /// Its state.
    public let state: Release.State
    /// The generation that recorded it.
    public let generation: Int

    /// Describes a recorded release.
    public init(release: Release, number: Int, state: Release.State, generation: Int) {
        self.release = release
        self.number = number
        self.state = state
        self.generation = generation
    }
}

/// A step of a release from one state to another.
public struct ReleaseTransition: Sendable, Hashable {
    /// The service.
    public let service: String
    /// The release's number.
    public let number: Int
    /// The state it is to have.
    public let state: Release.State

    /// Describes a step.
    public init(service: String, number: Int, state: Release.State) {
        self.service = service
        self.number = number
        self.state = state
    }
}
