// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Tables whose log decides which of the files in their folder count: Delta, Iceberg and Hudi.
///
/// Removed and rewritten rows stay in their folders until they are cleaned away, and nothing but the log tells them from the
/// rows that count. See <https://github.com/delta-io/delta/blob/master/PROTOCOL.md>, <https://iceberg.apache.org/spec/> and
/// <https://hudi.apache.org/tech-specs/>.
enum LoggedTable {
    private struct Kind {
        let name: String
        /// The folder that holds the log.
        let folder: String
        /// The ending of a file that must be in it; nil where the folder tells by itself.
        let ending: String?
    }

    private static let kinds = [
        Kind(name: "Delta", folder: "_delta_log", ending: nil),
        Kind(name: "Iceberg", folder: "metadata", ending: ".metadata.json"),
        Kind(name: "Hudi", folder: ".hoodie", ending: nil),
    ]

    /// Throws `E-invalid-data` when a file lies in the folder of such a table, however deep; a folder ends with a slash.
    ///
    /// Folders above the repository do not count, and neither does a path into the log itself.
    static func refuse(_ paths: [String], root: String) throws(TallyError) {
        var known: [[UInt8]: [String]] = [:]
        for path in paths {
            var folder = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
            for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                let name = String(decoding: part, as: UTF8.self)
                if name != "..", !(name.isEmpty && folder == "/" && path != "/") {
                    let key = Array(folder.utf8)
                    let found = known[key] ?? logs(in: folder, root: root)
                    known[key] = found
                    for kind in kinds where found.contains(kind.name) && name != kind.folder {
                        throw refusal(of: path, in: folder, kind)
                    }
                }
                if !name.isEmpty { folder += name + "/" }
            }
        }
    }

    private static func logs(in folder: String, root: String) -> [String] {
        let base = folder.utf8.first == UInt8(ascii: "/") ? folder : root + "/" + folder
        return kinds.filter { kind in
            guard FileStamp(of: base + kind.folder)?.kind == .folder else { return false }
            guard let ending = kind.ending else { return true }
            return ((try? FileName.entries(in: base + kind.folder)) ?? []).contains { $0.hasSuffix(ending) }
        }.map(\.name)
    }

    private static func refusal(of path: String, in folder: String, _ kind: Kind) -> TallyError {
        let table = folder.isEmpty ? "the repository's folder" : "'\(folder.dropLast())'"
        return TallyError(
            .invalidData,
            "\(table) is \(kind.name == "Iceberg" ? "an" : "a") \(kind.name) table, and its files also hold rows that its "
                + "log in \(kind.folder) removed",
            subject: path,
            help: "write the table's current rows as plain Parquet files to a folder of their own, and name that folder"
        )
    }
}
