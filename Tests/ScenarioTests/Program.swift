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
        try finish(prepared(arguments, in: folder))
    }

    private static func finish(_ process: Process) throws -> Outcome {
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

    /// Runs a command that has to end in time: 124 stands for its status where it does not.
    static func run(_ arguments: [String], in folder: TemporaryFolder, seconds: Int) throws -> Outcome {
        try run(["-k", "1", "\(seconds)", location.path] + arguments, of: "/usr/bin/timeout", in: folder)
    }

    /// Runs a command and tells how many seconds of a processor it took, whatever else the machine does.
    static func time(_ arguments: [String], in folder: TemporaryFolder) throws -> (outcome: Outcome, seconds: Double) {
        let script = "TIMEFORMAT='%U %S'; { time \"$@\" >out.txt 2>err.txt; } 2>time.txt"
        let outcome = try run(["-c", script, "bash", location.path] + arguments, of: "/bin/bash", in: folder)
        let words = try folder.read("time.txt")?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) } ?? []
        let told = Outcome(
            status: outcome.status, output: try folder.read("out.txt") ?? "", error: try folder.read("err.txt") ?? "")
        return (told, words.reduce(0, +))
    }

    /// Runs another program to its end.
    static func run(_ arguments: [String], of program: String, in folder: TemporaryFolder) throws -> Outcome {
        let process = prepared(arguments, in: folder)
        process.executableURL = URL(fileURLWithPath: program)
        return try finish(process)
    }

    private static func prepared(_ arguments: [String], in folder: TemporaryFolder) -> Process {
        let process = Process()
        process.executableURL = location
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        return process
    }
}
