// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension EngineLimits {
    /// Reads limits from an object of `memory` in bytes and `threads`; `E-misuse` for what no machine has.
    public init(json: JSON) throws(TallyError) {
        let request = try CallRequest(json, of: "open", known: ["memory", "threads"])
        let memory = try request.number("memory", in: Int64(Self.leastMemory)...1 << 50)
        let threads = try request.number("threads", in: 1...1_024)
        self.init(memory: memory.map { Int($0) } ?? Self.defaultMemory, threads: threads.map { Int($0) })
    }
}
