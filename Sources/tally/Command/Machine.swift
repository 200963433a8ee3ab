// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Glibc
internal import TallyModel

/// The platform on which the process runs.
enum Machine {
    /// The processor's architecture.
    static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    /// The operating system.
    static var system: String {
        #if os(Linux)
            "Linux"
        #elseif os(macOS)
            "macOS"
        #else
            "other"
        #endif
    }
}

/// Paths as the user typed them, seen from the current directory.
enum Paths {
    /// The absolute path of a path relative to the current directory.
    static func absolute(_ path: String) -> String {
        guard !path.isAbsolutePath, let current = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(current) }
        return unsafe String(cString: current) + "/" + path
    }
}
