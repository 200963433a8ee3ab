// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Parquet files whose nanoseconds are instants, which other writers make and DuckDB does not.
public enum NanosecondFile {
    /// A timestamp of nanoseconds in a footer: as a time on a wall, and as an instant.
    private static let marks: (wall: [UInt8], instant: [UInt8]) = (
        [0x8C, 0x12, 0x1C, 0x3C, 0, 0, 0, 0], [0x8C, 0x11, 0x1C, 0x3C, 0, 0, 0, 0]
    )

    /// Turns the nanoseconds of a file from times on a wall into instants, in place; the number of columns that were.
    @discardableResult
    public static func makeInstants(_ path: String) throws(TallyError) -> Int {
        var bytes = try AtomicFile.read(path) ?? []
        let places = places(of: marks.wall, in: bytes)
        for place in places { bytes.replaceSubrange(place..<place + marks.wall.count, with: marks.instant) }
        try AtomicFile.write(bytes, to: path)
        return places.count
    }

    /// Returns the number of columns in a file that are both nanoseconds and instants.
    public static func instants(_ path: String) throws(TallyError) -> Int {
        places(of: marks.instant, in: try AtomicFile.read(path) ?? []).count
    }

    private static func places(of mark: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard bytes.count >= mark.count else { return [] }
        return (0...bytes.count - mark.count).filter {
            bytes[$0] == mark[0] && bytes[$0..<$0 + mark.count].elementsEqual(mark)
        }
    }
}
