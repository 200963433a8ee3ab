// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly

/// What a command that reads data may use of the machine.
struct EngineOptions: ParsableArguments {
    @Option(help: "Memory for the whole command, such as 512MB or 4GB.", transform: ByteCount.read)
    var memory = ByteCount(EngineLimits.defaultMemory)

    @Option(help: "Threads of the engine; one a core when left out.")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
        guard memory.bytes >= EngineLimits.leastMemory else {
            throw ValidationError("--memory must be at least \(EngineLimits.leastMemory / 1_000_000)MB")
        }
    }
}
