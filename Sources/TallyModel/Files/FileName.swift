// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Names in folders: making, renaming and removing files.
package enum FileName {
    /// Gives a file a new name, replacing what had it, in one step.
    package static func rename(_ old: String, to new: String) throws(OpenFile.Failure) {
        try OpenFile.retrying {
            #if canImport(Darwin)
                unsafe Darwin.rename(old, new)
            #elseif canImport(Musl)
                unsafe Musl.rename(old, new)
            #else
                unsafe Glibc.rename(old, new)
            #endif
        }
    }

    /// Gives a file a second name, which must be free.
    package static func link(_ path: String, to other: String) throws(OpenFile.Failure) {
        try OpenFile.retrying {
            #if canImport(Darwin)
                unsafe Darwin.link(path, other)
            #elseif canImport(Musl)
                unsafe Musl.link(path, other)
            #else
                unsafe Glibc.link(path, other)
            #endif
        }
    }

    /// Removes a folder that is empty; a missing one is fine, and one that is not empty stays.
    package static func removeFolder(_ path: String) {
        _ = unsafe rmdir(path)
    }

    /// Removes a file; a missing one is fine.
    package static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }

    /// Makes a folder and the folders above it that are missing.
    package static func makeFolder(_ path: String) throws(OpenFile.Failure) {
        guard !path.isEmpty, path != "/", unsafe access(path, F_OK) != 0 else { return }
        try makeFolder(folder(of: path))
        guard unsafe mkdir(path, 0o777) != 0, errno != EEXIST else { return }
        throw OpenFile.Failure(number: errno)
    }

    /// Whether a path is a folder itself, and no link to one.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything has the name.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether a file may be written by this process.
    package static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Whether there is a file with at least one byte.
    package static func hasBytes(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_size > 0
    }

    /// The names in a folder, sorted, without `.` and `..`; empty for a folder that cannot be read.
    package static func names(in folder: String) -> [String] { (try? entries(in: folder)) ?? [] }

    /// The names in a folder, sorted by their bytes, without `.` and `..`; what is no folder has none.
    ///
    /// A name that is not UTF-8 cannot be said, and so is an error as one that cannot be read is.
    package static func entries(in folder: String) throws(OpenFile.Failure) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            if errno == ENOTDIR { return [] }
            throw OpenFile.Failure(number: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw OpenFile.Failure(number: errno) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
            }
            guard let name else { throw OpenFile.Failure(number: EILSEQ) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The path that a link holds; nil for what is none.
    package static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The absolute path behind all links; the path itself where there is nothing.
    package static func resolved(_ path: String) -> String { real(path) ?? path }

    /// The path of the folder a file is in: `.` for a bare name.
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(decoding: path.utf8[..<slash], as: UTF8.self)
    }

    /// The path without links, `.` and `..`: of the file if there is one, else of its folder and the name.
    ///
    /// Nil when the folder is not there.
    package static func place(of path: String) -> String? {
        if let found = real(path) { return found }
        let name = path.parts(by: "/").last ?? path
        guard let folder = real(folder(of: path)) else { return nil }
        return folder == "/" ? "/" + name : folder + "/" + name
    }

    private static func real(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// Whether a name matches a pattern of one name: `*`, `?` and `[…]`, by bytes.
    package static func matches(_ name: String, pattern: String) -> Bool { unsafe fnmatch(pattern, name, 0) == 0 }

    /// The number of this process, for names that no other process uses.
    package static var processNumber: Int32 { getpid() }

    /// Whether a process of this machine has the number.
    package static func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno != ESRCH }
}
