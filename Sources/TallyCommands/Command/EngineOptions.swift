// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly

/// The share of the machine that a command that reads data may use.
struct EngineOptions: ParsableArguments {
    @Option(help: "Memory for the whole command, such as 512MB or 4GB.", transform: ByteCount.read)
    var memory = ByteCount(EngineLimits.defaultMemory)

    @Option(help: "Threads of the engine; one a core when left out.")
    var threads: Int?

    func validate() throws {
        try Self.check(threads: threads)
        guard memory.bytes >= EngineLimits.leastMemory else {
            throw ValidationError("--memory must be at least \(EngineLimits.leastMemory / 1_000_000)MB")
        }
    }

    /// Refuses numbers of threads that no machine has.
    static func check(threads: Int?) throws {
        guard let threads else { return }
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
    }
}
