// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The command line as a function: all that the `main` of a program has to call.
///
/// The program `tally` calls it, and so does `libtally`, for the small program that the Python package brings.
public enum CommandLineProgram {
    /// Runs the command that the arguments of this process call; returns the status to end the process with.
    ///
    /// Prints to standard output and standard error, and takes SIGINT and SIGTERM for as long as the command runs.
    public static func run() async -> Int32 {
        await Tally.run(Array(CommandLine.arguments.dropFirst())).rawValue
    }
}
