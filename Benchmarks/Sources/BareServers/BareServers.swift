// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Glibc

/// `BareServers hummingbird|nio PORT THREADS BYTES`: serves until it is killed; `Benchmarks/Online/run.py` drives it.
@main
struct BareServers {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let port = Int(arguments[2]), let threads = Int(arguments[3]),
            let bytes = Int(arguments[4])
        else {
            print("usage: BareServers hummingbird|nio PORT THREADS BYTES")
            exit(2)
        }
        switch arguments[1] {
        case "hummingbird": try await Servers.hummingbird(port: port, threads: threads, bytes: bytes)
        default: try await Servers.nio(port: port, threads: threads, bytes: bytes)
        }
    }
}
