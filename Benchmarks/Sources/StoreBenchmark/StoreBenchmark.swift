// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import BenchmarkKit
import Glibc

/// `StoreBenchmark tally|bare FOLDER KEYS SECONDS` reads random keys of a store's first view, so many in one read.
///
/// Prints a JSON object of reads, bytes and CPU seconds. `bare` reads the same file with nothing but the library's `mdb_get`.
@main
struct StoreBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let keys = Int(arguments[3]), keys > 0, let seconds = Double(arguments[4]) else {
            print("usage: StoreBenchmark tally|bare FOLDER KEYS SECONDS")
            exit(2)
        }
        if arguments[1] == "tally" {
            measure(try StoreReader(arguments[2]), keys, seconds)
        } else {
            measure(BareReader(arguments[2]), keys, seconds)
        }
    }

    private static func measure(_ reader: some BatchReader, _ keys: Int, _ seconds: Double) {
        var generator = SplitMix64(seed: 7)
        _ = run(reader, keys, seconds / 4, &generator)
        let start = Usage.now().cpuSeconds
        let (reads, bytes) = run(reader, keys, seconds, &generator)
        let used = Usage.now().cpuSeconds - start
        print("{\"reads\": \(reads), \"keys\": \(reads * keys), \"bytes\": \(bytes), \"cpu\": \(rounded(used, 6))}")
    }

    /// Reads until so much CPU is used; traps when a key is not found.
    private static func run(
        _ reader: some BatchReader, _ keys: Int, _ seconds: Double, _ generator: inout SplitMix64
    ) -> (reads: Int, bytes: Int) {
        let end = Usage.now().cpuSeconds + seconds
        var (reads, bytes) = (0, 0)
        repeat {
            for _ in 0..<64 {
                let batch = (0..<keys).map { _ in generator.below(reader.count) }
                let answer = reader.read(batch)
                precondition(answer.found == keys, "\(answer.found) of \(keys) keys were found")
                reads += 1
                bytes += answer.bytes
            }
        } while Usage.now().cpuSeconds < end
        return (reads, bytes)
    }
}

/// Reads keys by their numbers.
protocol BatchReader {
    /// How many keys there are.
    var count: Int { get }

    /// How many of the keys were found, and how many bytes they have.
    func read(_ keys: [Int]) -> (found: Int, bytes: Int)
}
