// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The people at one door of the product, for whom a next step is spelled in the words that they can use.
public enum Audience: Sendable, Hashable, CaseIterable {
    /// Readers of a terminal, of logs and of records on the machine where the repository lies.
    case commandLine
    /// Users of a Python session or notebook, in which `store` is the repository.
    case python
    /// Clients of the server and readers of its pages; steps are done on its machine, so that they are commands.
    case http
}

extension NextStep {
    /// Returns the step as an audience writes it; the command where there is no call for it.
    public func spelled(for audience: Audience) -> String {
        switch audience {
        case .commandLine, .http: commandLine
        case .python: pythonCall ?? commandLine
        }
    }
}
