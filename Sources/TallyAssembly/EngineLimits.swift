// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB

/// How much of the machine a command may use.
public struct EngineLimits: Sendable, Hashable {
    /// Bytes for the whole command.
    public let memory: Int
    /// Threads of the engine; nil for one a core.
    public let threads: Int?
    /// The folder for what does not fit into memory; nil for the system's.
    public let temporaryFolder: String?

    /// The budget of a command that names none: 4 GiB.
    public static let defaultMemory = 4 << 30

    /// Sets limits.
    public init(memory: Int = EngineLimits.defaultMemory, threads: Int? = nil, temporaryFolder: String? = nil) {
        self.memory = memory
        self.threads = threads
        self.temporaryFolder = temporaryFolder
    }

    /// The engine gets half of the budget, the spine's side the other half.
    public var spineBytes: Int { memory / 2 }

    var settings: EngineSettings {
        EngineSettings(memoryLimit: memory - spineBytes, threads: threads, temporaryDirectory: temporaryFolder)
    }
}
