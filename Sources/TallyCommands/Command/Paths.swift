// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyModel

/// Paths as the user typed them, seen from the current directory.
enum Paths {
    /// The absolute path of a path relative to the current directory.
    static func absolute(_ path: String) -> String {
        guard !path.isAbsolutePath, let current = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(current) }
        return unsafe String(cString: current) + "/" + path
    }
}
