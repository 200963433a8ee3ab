// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyTesting

/// The program as a person or a script runs it.
enum Program {
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    /// The program beside the tests, or the one that `TALLY_PROGRAM` names.
    static var location: URL {
        if let path = ProcessInfo.processInfo.environment["TALLY_PROGRAM"] { return URL(fileURLWithPath: path) }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("tally")
    }

    /// Starts a command whose words nobody reads.
    static func start(_ arguments: [String], in folder: TemporaryFolder) throws -> Process {
        let process = prepared(arguments, in: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs a command to its end.
    static func run(_ arguments: [String], in folder: TemporaryFolder) throws -> Outcome {
        let process = prepared(arguments, in: folder)
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self))
    }

    private static func prepared(_ arguments: [String], in folder: TemporaryFolder) -> Process {
        let process = Process()
        process.executableURL = location
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        return process
    }
}
