// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Glibc
import TallyModel
import TallyTesting

/// libFuzzer's entry for programs that bring a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What the running fuzzer does with an input; set once, before the first one.
nonisolated(unsafe) private var work: ([UInt8]) -> Void = { _ in preconditionFailure("no fuzzer was chosen") }

/// The name that libFuzzer's own `main` wants, which the linker brings along.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    unsafe work(Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
}

/// `TallyFuzzer` with a target's name in `TALLY_FUZZ_TARGET`: hands inputs to it until libFuzzer has had enough.
///
/// With `TALLY_FUZZ_SEEDS` it writes the target's seeds and words into that folder instead.
@main struct LibFuzzer {
    static func main() async throws {
        guard let name = unsafe getenv("TALLY_FUZZ_TARGET").map({ unsafe String(cString: $0) }) else {
            for name in FuzzTargets.names { print(name) }
            return
        }
        let folder = try TemporaryFolder("fuzz-\(name)")
        guard let target = try await FuzzTargets.make(name, folder: folder.path) else {
            throw TallyError(.notFound, "there is no fuzz target", subject: name)
        }
        if let seeds = unsafe getenv("TALLY_FUZZ_SEEDS").map({ unsafe String(cString: $0) }) {
            try write(target, to: seeds)
            return
        }
        unsafe work = { input in
            do {
                try target.run(input)
            } catch {
                // An optimised trap says nothing.
                print("\(name): \(error)")
                fflush(nil)
                preconditionFailure()
            }
        }
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        let status = unsafe runDriver(&count, &arguments) { unsafe testOneInput($0, $1) }
        withExtendedLifetime(folder) {}
        exit(status)
    }

    private static func write(_ target: any FuzzTarget, to folder: String) throws {
        for (index, seed) in target.seeds.enumerated() { try AtomicFile.write(seed, to: "\(folder)/seed-\(index)") }
        let words = target.words.map { word in
            let digits = word.utf8.map { byte in "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            return "\"\(digits.joined())\"\n"
        }
        try AtomicFile.write(Array(words.joined().utf8), to: "\(folder)/words.dict")
    }
}
