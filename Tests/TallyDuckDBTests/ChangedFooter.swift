// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDuckDB
import TallyModel
import TallyTesting
import Testing

/// Parquet files of kinds that DuckDB reads and does not write: a footer that says another type of the same bytes.
enum ChangedFooter {
    /// What a footer says of a column, in Thrift's compact protocol.
    struct Kind {
        fileprivate let written: [UInt8]
        fileprivate let meant: [UInt8]

        /// Microseconds on a wall that are meant to be a time of day.
        static let timeOfDay = Kind(written: [0x25, 0x14, 0x4C, 0x8C, 0x12], meant: [0x25, 0x10, 0x4C, 0x7C, 0x12])
        /// Microseconds in UTC that are meant to be a time of day in UTC.
        static let timeOfDayInUTC = Kind(
            written: [0x25, 0x14, 0x4C, 0x8C, 0x11], meant: [0x25, 0x10, 0x4C, 0x7C, 0x11])
        /// A file that DuckDB did not write.
        static let foreign = Kind(written: Array("DuckDB version".utf8), meant: Array("Duck's version".utf8))
        /// Microseconds in UTC that are meant to be milliseconds.
        static let milliseconds = Kind(
            written: [0x25, 0x14, 0x4C, 0x8C, 0x11, 0x1C, 0x2C], meant: [0x25, 0x12, 0x4C, 0x8C, 0x11, 0x1C, 0x1C])
        /// `DECIMAL(38,3)` that is meant to be `DECIMAL(50,3)`.
        static let wideDecimal = Kind(
            written: [0x25, 0x0A, 0x15, 0x06, 0x15, 0x4C, 0x2C, 0x5C, 0x15, 0x06, 0x15, 0x4C],
            meant: [0x25, 0x0A, 0x15, 0x06, 0x15, 0x64, 0x2C, 0x5C, 0x15, 0x06, 0x15, 0x64])
    }

    /// Writes the rows of a query, and changes what the footer says of its columns.
    static func write(
        _ query: String, as kinds: [Kind], to path: String, _ engine: DuckDBEngine, in folder: TemporaryFolder
    ) async throws {
        try await engine.writeQuery(query, to: path)
        var bytes = try #require(try AtomicFile.read(folder.path + "/" + path))
        for kind in kinds {
            let places = bytes.indices.filter { bytes[$0...].starts(with: kind.written) }
            try #require(!places.isEmpty, "no such column in \(query)")
            for place in places { bytes.replaceSubrange(place..<place + kind.meant.count, with: kind.meant) }
        }
        try AtomicFile.write(bytes, to: folder.path + "/" + path)
    }

    /// Puts other bytes wherever a file has some: what it says of itself, or its values.
    static func exchange(_ changes: [(old: [UInt8], new: [UInt8])], in path: String, _ folder: TemporaryFolder) throws {
        var bytes = try #require(try AtomicFile.read(folder.path + "/" + path))
        for (old, new) in changes {
            let places = bytes.indices.filter { bytes[$0...].starts(with: old) }
            try #require(!places.isEmpty && old.count == new.count, "\(old) is not in \(path)")
            for place in places { bytes.replaceSubrange(place..<place + new.count, with: new) }
        }
        try AtomicFile.write(bytes, to: folder.path + "/" + path)
    }
}

extension FixedWidthInteger {
    /// The bytes of the number as Parquet writes it, least significant first.
    var parquetBytes: [UInt8] { (0..<(Self.bitWidth / 8)).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
