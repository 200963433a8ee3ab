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

    /// Makes a new folder in it that only this user reads; throws `E-unwritable`.
    package static func make() throws(TallyError) -> String {
        var template = Array((path + "/tallystick-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw TallyError(.unwritable, "no folder can be made for what is in between", subject: path)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder with all that is in it; links are removed and not followed.
    package static func remove(_ folder: String) {
        for name in FileName.names(in: folder) {
            let entry = folder + "/" + name
            if FileName.isFolder(entry) { remove(entry) } else { FileName.remove(entry) }
        }
        FileName.removeFolder(folder)
    }
}
