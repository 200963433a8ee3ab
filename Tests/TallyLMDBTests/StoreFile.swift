// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import TallyTesting

@testable import TallyLMDB

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The files of a store as a test looks at them, behind the store's back.
enum StoreFile {
    /// Copies the data of a store as a process that dies now would leave them.
    static func image(of folder: String, to copy: String) throws(TallyError) {
        try write(try bytes(of: folder), to: copy)
    }

    /// The data of a store.
    static func bytes(of folder: String) throws(TallyError) -> [UInt8] {
        guard let bytes = try AtomicFile.read(folder + "/data.mdb") else {
            throw TallyError(.notFound, "no store", subject: folder)
        }
        return bytes
    }

    /// Makes a store of data.
    static func write(_ bytes: [UInt8], to folder: String) throws(TallyError) {
        do throws(OpenFile.Failure) {
            try FileName.makeFolder(folder)
        } catch {
            throw TallyError(.unwritable, error.message, subject: folder)
        }
        try AtomicFile.write(bytes, to: folder + "/data.mdb")
    }

    /// Changes a byte of the data where it lies.
    static func overwrite(_ byte: UInt8, at offset: Int, in folder: String) throws(TallyError) {
        let file = unsafe fopen(folder + "/data.mdb", "r+b")
        guard let file = unsafe file, unsafe fseek(file, offset, SEEK_SET) == 0, unsafe fputc(Int32(byte), file) >= 0,
            unsafe fclose(file) == 0
        else { throw TallyError(.unwritable, "could not be changed", subject: folder) }
    }

    /// Where a sequence of bytes stands in data.
    static func places(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
        var places: [Int] = []
        var rest = Data(bytes)[...]
        while let range = rest.firstRange(of: Data(needle)) {
            places.append(range.lowerBound)
            rest = rest[(range.lowerBound + 1)...]
        }
        return places
    }
}

extension LMDBStore {
    /// How many rows each namespace has.
    func rowsByNamespace() throws(TallyError) -> [UInt32: Int] {
        try environment.reading { (reader) throws(TallyError) in
            let cursor = try Cursor(reader, in: reader.databases.rows)
            var key = RowKey()
            key.set(0, [])
            var counts: [UInt32: Int] = [:]
            var found = unsafe try cursor.seek(key.value)
            while let row = unsafe found {
                counts[unsafe RowKey.namespace(of: row.key) ?? 0, default: 0] += 1
                unsafe found = try cursor.next()
            }
            return counts
        }
    }
}

extension LMDBLimits {
    /// Few rows a transaction and a map that must grow.
    static var tiny: LMDBLimits {
        var limits = LMDBLimits()
        limits.firstMapSize = 1 << 16
        limits.chunkCount = 10
        limits.sweepCount = 7
        return limits
    }
}

/// Expects a failure and returns it.
func failure(_ body: () async throws(TallyError) -> Void) async -> TallyError? {
    do throws(TallyError) {
        try await body()
        return nil
    } catch {
        return error
    }
}
