// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Glibc
import TallyModel

/// `ServerBenchmark tally|hummingbird|nio PORT THREADS [BYTES]`: serves until it is killed; `Benchmarks/server.py` drives it.
@main
struct ServerBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let port = Int(arguments[2]), let threads = Int(arguments[3]) else {
            print("usage: ServerBenchmark tally|hummingbird|nio PORT THREADS [BYTES]")
            exit(2)
        }
        let bytes = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 0
        switch arguments[1] {
        case "tally": try await Bench.serve(port: port, threads: threads)
        case "hummingbird": try await BareServers.hummingbird(port: port, threads: threads, bytes: bytes)
        default: try await BareServers.nio(port: port, threads: threads, bytes: bytes)
        }
    }
}

/// The present instant.
enum SystemClock {
    static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
