// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A number of bytes with a unit: `512MB`, `4GB`, `4GiB`.
struct ByteCount: CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a number with its unit.
    static func read(_ text: String) throws -> ByteCount {
        guard let unit = units.first(where: { text.uppercased().hasSuffix($0.name.uppercased()) }),
            let count = Int(text.dropLast(unit.name.count)), count > 0,
            case let (product, overflow) = count.multipliedReportingOverflow(by: unit.bytes), !overflow
        else {
            throw BadValue(
                message: "'\(text)' is not a number of bytes", help: "write a whole number with its unit, such as 512MB"
            )
        }
        return ByteCount(product)
    }

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000),
        ("KB", 1_000), ("B", 1),
    ]

    var description: String { bytes % (1 << 30) == 0 ? "\(bytes >> 30)GiB" : "\(bytes)B" }
}
