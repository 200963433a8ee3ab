// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB
public import TallyModel

/// The engine for files that belong to no repository.
public enum StandaloneEngine {
    /// Opens the engine; relative paths start at `root`.
    ///
    /// SQL in a contract reads the tables that are held against it, and no file besides.
    public static func open(
        root: String, limits: EngineLimits = EngineLimits()
    ) throws(TallyError) -> any OfflineEngine {
        var settings = limits.settings
        settings.queries = .tables
        return try DuckDBEngine(root: root, settings: settings)
    }
}

extension OfflineEngine {
    /// Opens what the engine opens when it is first asked, while others read definitions.
    ///
    /// Reads no file. If it fails, the next call to the engine throws.
    public func start() async {
        _ = try? await describe(TableReference(rows: .files([], .parquet)))
    }
}
