// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyCommands

/// The program `tally`.
@main
enum Program {
    static func main() async { exit(await CommandLineProgram.run()) }
}
