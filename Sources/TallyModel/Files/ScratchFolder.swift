// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The folder for temporary files.
package enum ScratchFolder {
    /// The folder that `TMPDIR` names where this process may write there, else `/tmp`.
    package static var path: String {
        guard let named = unsafe getenv("TMPDIR") else { return "/tmp" }
        let path = unsafe String(cString: named)
        return path.isEmpty || !FileName.isWritable(path) ? "/tmp" : path
    }
}
