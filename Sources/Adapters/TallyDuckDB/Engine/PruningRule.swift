// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// When a join lets DuckDB leave out source rows that no spine row can see: a matter of speed, never of results.
package struct PruningRule: Sendable {
    /// Files of fewer rows are read whole.
    package var leastRows = 500_000
    /// How many rows are looked up to guess how many belong to the spine's entities.
    package var sampleRows = 50_000
    /// The share of sampled rows that may belong to the spine's entities.
    package var greatestSampleShare = 0.1
    /// The most entities that DuckDB is told: each takes DuckDB's memory, not the spine's.
    package var mostEntities = 1_000_000
    /// The share of rows that must lie in row groups behind the spine's last time, as the comparison costs something too.
    package var leastLateShare = 0.2

    /// Starts with what was measured to pay.
    package init() {}
}
