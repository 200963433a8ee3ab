// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// What a caller may say when it opens a store.
public struct OpenOptions: Sendable {
    /// The means that each call may take.
    public let limits: EngineLimits
    /// The readers of help: who writes calls in Python does not read commands.
    public let audience: Audience
    /// Whether the folder is a feature repository, or one in it; else it is a folder to work in, for calls without one.
    public let isRepository: Bool

    /// Reads an object of `memory` in bytes, `threads`, `help`, which is `commands` or `python`, and `repository`, which is
    /// `needed` or `none`.
    ///
    /// Throws `E-misuse` for other members, and for means that no machine has.
    public init(json: JSON) throws(TallyError) {
        let request = try CallRequest(json, of: "open", known: ["memory", "threads", "help", "repository"])
        let memory = try request.number("memory", in: Int64(EngineLimits.leastMemory)...1 << 50)
        let threads = try request.number("threads", in: 1...1_024)
        limits = EngineLimits(
            memory: memory.map { Int($0) } ?? EngineLimits.defaultMemory, threads: threads.map { Int($0) })
        audience = try request.word("help", of: ["commands", "python"]) == "python" ? .python : .commandLine
        isRepository = try request.word("repository", of: ["needed", "none"]) == "needed"
    }
}
