// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB
public import TallyModel

/// The engine for files that belong to no repository.
public enum StandaloneEngine {
    /// Opens the engine; relative paths start at `root`.
    public static func open(
        root: String, limits: EngineLimits = EngineLimits()
    ) throws(TallyError) -> any OfflineEngine {
        try DuckDBEngine(root: root, settings: limits.settings)
    }
}
