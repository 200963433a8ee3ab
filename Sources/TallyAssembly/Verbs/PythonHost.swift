// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The Python that a process has: it is asked in JSON and answers in JSON (`tally.h`, `tally_python`).
public struct PythonHost: Sendable {
    /// The language with its version, such as `python 3.11.9`.
    public let language: String
    /// Hands a request over and waits for the answer; nil where there was none.
    let ask: @Sendable (String) -> String?

    /// Describes a Python.
    public init(language: String, ask: @escaping @Sendable (String) -> String?) {
        self.language = language
        self.ask = ask
    }
}

extension FeatureStore {
    /// Runs the repository's functions in Python; nil where the process has no Python.
    var runner: (any TransformRunner)? { host.python.map { HostedTransforms(python: $0, root: root) } }
}
