// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB

/// The share of the machine that a command may use.
public struct EngineLimits: Sendable {
    /// A function called while a join reads: the subject, the rows read, and the rows in all when they are known.
    public typealias Progress = @Sendable (_ subject: String, _ rows: Int, _ total: Int?) -> Void

    /// Bytes for the whole command.
    public let memory: Int
    /// Threads of the engine; nil for one a core.
    public let threads: Int?
    /// The folder for what does not fit into memory; nil for the system's.
    public let temporaryFolder: String?
    /// Called with the progress of a join.
    public let progress: Progress?

    /// The budget of a command that names none: 4 GiB.
    public static let defaultMemory = 4 << 30

    /// Sets limits.
    public init(
        memory: Int = EngineLimits.defaultMemory, threads: Int? = nil, temporaryFolder: String? = nil,
        progress: Progress? = nil
    ) {
        self.memory = memory
        self.threads = threads
        self.temporaryFolder = temporaryFolder
        self.progress = progress
    }

    /// The least budget a command can work in.
    public static let leastMemory = 256_000_000

    /// The memory of the program, the engine's library and buffers of fixed size, whatever the data.
    private static let fixedBytes = 100_000_000

    /// The spine's side gets two fifths of what the fixed part leaves; the engine, which also buffers row groups, the rest.
    public var spineBytes: Int { (memory - Self.fixedBytes) / 5 * 2 }

    var settings: EngineSettings {
        var settings = EngineSettings(
            memoryLimit: memory - Self.fixedBytes - spineBytes, threads: threads, temporaryDirectory: temporaryFolder)
        if let progress {
            settings.progress = { moment in progress(moment.subject, moment.rows, moment.totalRows) }
        }
        return settings
    }
}
