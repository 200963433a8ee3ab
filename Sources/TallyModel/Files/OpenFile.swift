// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A file descriptor that closes itself; every call reports the system's error number.
///
/// Calls block for the time of the disk. Interrupted calls are repeated.
package struct OpenFile: ~Copyable, Sendable {
    /// The error number of a failed call, with the system's words for it.
    package struct Failure: Error {
        /// The value of `errno`.
        package let number: Int32
        private let words: String?

        /// A call that failed.
        package init(number: Int32) { (self.number, words) = (number, nil) }

        private init(_ number: Int32, _ words: String) { (self.number, self.words) = (number, words) }

        /// A pipe, a socket or a device: reading it may wait for ever, or never end.
        package static let irregular = Failure(EINVAL, "it is a pipe, a socket or a device, and no regular file")

        /// Something else where a folder is expected.
        package static let noFolder = Failure(number: ENOTDIR)

        /// The system's words, such as `No such file or directory`.
        package var message: String { unsafe words ?? String(cString: strerror(number)) }
        /// Whether the file was not there.
        package var isMissing: Bool { number == ENOENT }
    }

    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a file, or a folder, for reading; what is neither is refused, and is not waited for.
    package static func reading(_ path: String) throws(Failure) -> OpenFile {
        // Looked at before, since opening a device may do something, and after, since it may be another one by then.
        if FileStamp(of: path)?.kind == .other { throw .irregular }
        let file = OpenFile(descriptor: try retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
        guard try file.stamp().kind != .other else { throw .irregular }
        return file
    }

    /// Makes a file that must not exist yet, and opens it for writing; it is locked until it is closed.
    package static func creating(_ path: String, permissions: UInt32) throws(Failure) -> OpenFile {
        let file = OpenFile(
            descriptor: try retrying {
                unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(permissions))
            })
        // By it a sweep tells a file that is being written, also by a process that it cannot see. Where there are no locks,
        // the file is written all the same.
        _ = flock(file.descriptor, LOCK_EX | LOCK_NB)
        return file
    }

    /// Makes a file without a name in a folder, for reading and writing; it is gone when it is closed.
    package static func scratch(in folder: String, serial: Int) throws(Failure) -> OpenFile {
        let path = "\(folder)/scratch-\(FileName.processNumber)-\(serial)"
        let file = OpenFile(
            descriptor: try retrying { unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o600)) })
        FileName.remove(path)
        return file
    }

    /// Reads up to the count of bytes at an offset, whatever was read before; empty at the end of the file.
    package func read(upTo count: Int, at offset: Int) throws(Failure) -> [UInt8] {
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            repeat {
                result = unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
            } while result < 0 && errno == EINTR
            initialized = max(0, result)
        }
        guard result >= 0 else { throw Failure(number: errno) }
        return bytes
    }

    /// Reads up to the count of bytes from where the last read ended; empty at the end of the file.
    package func read(upTo count: Int) throws(Failure) -> [UInt8] {
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            repeat {
                #if canImport(Darwin)
                    result = unsafe Darwin.read(descriptor, buffer.baseAddress, count)
                #elseif canImport(Musl)
                    result = unsafe Musl.read(descriptor, buffer.baseAddress, count)
                #else
                    result = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
                #endif
            } while result < 0 && errno == EINTR
            initialized = max(0, result)
        }
        guard result >= 0 else { throw Failure(number: errno) }
        return bytes
    }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let start = done
            let written = unsafe bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                    unsafe Darwin.write(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
                #elseif canImport(Musl)
                    unsafe Musl.write(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
                #else
                    unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
                #endif
            }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw Failure(number: errno) }
            done += written
        }
    }

    /// Writes all bytes at an offset, wherever the last write ended.
    package func write(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let start = done
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start,
                    off_t(offset + start))
            }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw Failure(number: errno) }
            done += written
        }
    }

    /// A path by which this process can open the file once more, even when it has no name.
    package var ownPath: String {
        #if os(Linux)
            "/proc/self/fd/\(descriptor)"
        #else
            "/dev/fd/\(descriptor)"
        #endif
    }

    /// Waits until the disk has what was written.
    package func synchronize() throws(Failure) {
        _ = try Self.retrying { fsync(descriptor) }
    }

    /// Returns the file system's metadata of the open file, even if another file has its name by now.
    package func stamp() throws(Failure) -> FileStamp {
        var info = stat()
        _ = try Self.retrying { unsafe fstat(descriptor, &info) }
        return FileStamp(info)
    }

    @discardableResult
    static func retrying(_ call: () -> Int32) throws(Failure) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw Failure(number: errno) }
        }
    }
}
