// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Tells a file's format from its extension.
enum FileKind {
    /// Returns the format of a path, Parquet or CSV; throws `E-misuse` for any other.
    static func format(of path: String) throws(TallyError) -> Source.FileFormat {
        let name = path.lowercased()
        if name.hasSuffix(".parquet") { return .parquet }
        if name.hasSuffix(".csv") { return .csv }
        throw TallyError(
            .misuse, "the extension names no format of a spine or training set", subject: path,
            help: "use a path that ends in .parquet or .csv")
    }
}
