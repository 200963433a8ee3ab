// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The amounts of work that a store does at once; tests use smaller ones than the program.
package struct LMDBLimits: Sendable {
    /// Bytes of a new store's map: room for addresses only, the file grows with what is in it.
    package var firstMapSize = 1 << 30
    /// Bytes of keys and cells that one transaction of a fill writes, and holds in memory; more are not faster.
    package var chunkBytes = 4 << 20
    /// Cells that one transaction of a fill writes.
    package var chunkCount = 100_000
    /// Rows that one transaction of a sweep removes.
    package var sweepCount = 100_000

    /// The limits of the program.
    package init() {}
}
