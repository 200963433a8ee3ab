// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What an engine may use of the machine, and whom it tells how far it is.
public struct EngineSettings: Sendable {
    /// The most memory DuckDB may take, in bytes; nil for its own default, most of the machine's memory.
    public var memoryLimit: Int?
    /// How many threads DuckDB may use; nil for one a core.
    ///
    /// Results never depend on it.
    public var threads: Int?
    /// The folder where DuckDB may spill what does not fit in memory; nil for the system's, `TMPDIR` or else `/tmp`.
    ///
    /// Each of the engine's databases makes a folder of its own in it when it must, and removes it when it is closed.
    public var temporaryDirectory: String?
    /// What SQL that users write may read.
    public var queries: QueryAccess
    /// When joins let DuckDB leave out rows that count nowhere.
    package var pruning = PruningRule()
    /// Called while a join, or a scan that somebody waits for, reads its sources, at most ten times a second and once at the end of each view.
    public var progress: (@Sendable (EngineProgress) -> Void)?

    /// Describes an engine's means.
    public init(
        memoryLimit: Int? = nil, threads: Int? = nil, temporaryDirectory: String? = nil,
        queries: QueryAccess = .repository, progress: (@Sendable (EngineProgress) -> Void)? = nil
    ) {
        self.memoryLimit = memoryLimit
        self.threads = threads
        self.temporaryDirectory = temporaryDirectory
        self.queries = queries
        self.progress = progress
    }
}

/// How far a join or a scan has read the sources of one view.
public struct EngineProgress: Sendable, Hashable {
    /// What is being read for, as the request names it.
    public let subject: String
    /// Source rows read so far.
    public let rows: Int
    /// All rows of the sources; nil for files that do not say how many they hold.
    public let totalRows: Int?

    /// Describes a moment of a join.
    public init(subject: String, rows: Int, totalRows: Int?) {
        self.subject = subject
        self.rows = rows
        self.totalRows = totalRows
    }
}
