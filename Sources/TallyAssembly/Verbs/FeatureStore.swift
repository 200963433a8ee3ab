// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel
internal import TallyStore

/// A feature store: one repository, with the verbs of the command line as methods.
///
/// Each method opens what it needs, does one thing and returns a value; none prints, asks or exits. A command, a server and a
/// library in another language call the same methods and render what they return.
///
/// ```swift
/// let store = FeatureStore(root: root, host: host)
/// _ = try await store.apply()
/// _ = try await store.materialize(MaterializationRequest())
/// let vectors = try await store.vectors(of: "model")
/// let keys = Batch([("user_id", Column(type: .int64, values: [.int64(1)]))])
/// let answer = try await vectors.read(VectorRequest(keys: keys, inputs: Batch(schema: [], columns: [], count: 1)))
/// answer.value(0, 0)  // .int64(20)
/// answer.status(0, 0)  // .present
/// ```
public struct FeatureStore: Sendable {
    /// The folder with the `tally.yaml`.
    public let root: String
    /// The clocks and names of the process.
    public let host: Host
    /// The share of the machine that a method may use.
    public let limits: EngineLimits

    /// Opens the repository in a folder; looks at nothing yet.
    public init(root: String, host: Host, limits: EngineLimits = EngineLimits()) {
        self.root = root
        self.host = host
        self.limits = limits
    }

    /// The nearest folder with a `tally.yaml`, from one upwards; the current one when none is given.
    ///
    /// Throws `E-not-found` where there is none.
    public static func root(from directory: String?) throws(TallyError) -> String {
        try Workspace.root(from: directory)
    }

    /// A folder to work in, for calls without a repository.
    ///
    /// Throws `E-misuse` for a relative path, `E-not-found` where there is no folder.
    public static func workFolder(_ folder: String) throws(TallyError) -> String {
        guard folder.isAbsolutePath else {
            throw TallyError(.misuse, "is no absolute path", subject: folder)
        }
        guard FileName.exists(folder) else {
            throw TallyError(.notFound, "there is no such folder", subject: folder, help: "make the folder first")
        }
        return folder
    }

    /// The repository with its adapters; its definitions are read, not checked.
    func workspace() throws(TallyError) -> Workspace { try Workspace(root: root, limits: limits) }

    /// The repository with its adapters and its checked definitions.
    func checked(
        readsText: Bool = false
    ) async throws(TallyError) -> (workspace: Workspace, checked: CheckedRepository) {
        try await Workspace.checked(root: root, limits: limits, now: host.now(), readsText: readsText)
    }

    /// Prepares sources for readers and fills; writes by a clock that jumped are refused unless it is accepted.
    func sources(
        _ workspace: Workspace, _ registry: any Registry, acceptsClock: Bool = false
    ) -> SourcePreparer {
        SourcePreparer(
            root: root, engine: workspace.engine, registry: registry,
            clock: ClockGuard(root: root, isAccepted: acceptsClock, read: host.clocks))
    }
}
