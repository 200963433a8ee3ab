// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The values in names of folders, as Hive, Spark and pyarrow write them: `day=2024-05-03/part-0.parquet`.
public enum HivePartitions {
    /// The text that stands for null.
    public static let null = "__HIVE_DEFAULT_PARTITION__"

    /// The names and values in the folders of a file's path, outermost first; the path is spelled as its pattern is.
    ///
    /// Only folders that the pattern spells count: those above a relative pattern's start are the machine's own business. Both
    /// names and values are percent-decoded; `%` before anything but two hexadecimal digits stands for itself, and so does
    /// all of a text whose bytes would be no UTF-8. The text is all there is: `01` stays `01`.
    public static func values(ofPath path: String, under pattern: String) -> [(name: String, value: String?)] {
        folders(ofPath: path, under: pattern).compactMap { folder in
            guard let mark = folder.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let value = String(folder[folder.index(after: mark)...])
            return (decoded(Array(folder.utf8[..<mark])), value == null ? nil : decoded(Array(value.utf8)))
        }
    }

    /// Returns the folders of a file's path that give values, outermost first, each as it is spelled: `day=2024-05-03`.
    public static func folders(ofPath path: String, under pattern: String) -> [String] {
        var folders = Substring(path).utf8.split(separator: UInt8(ascii: "/"))[...].dropLast()
        if path.utf8.first == UInt8(ascii: "/"), pattern.utf8.first != UInt8(ascii: "/") {
            folders = spelled(path, by: GlobPattern(pattern))
        }
        return folders.compactMap { folder in
            guard let mark = folder.firstIndex(of: UInt8(ascii: "=")), mark > folder.startIndex else { return nil }
            return String(decoding: folder, as: UTF8.self)
        }
    }

    /// Returns the names in the folders of a file's path, each once; throws `E-invalid-data` for a name twice on one
    /// path.
    public static func names(ofPath path: String, under pattern: String) throws(TallyError) -> [String] {
        var names: [String] = []
        for (name, _) in values(ofPath: path, under: pattern) {
            guard !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw TallyError(
                    .invalidData, "two folders on its path give partition '\(name)' a value", subject: path,
                    help: "rename one of the folders")
            }
            names.append(name)
        }
        return names
    }

    /// The error for a partition that is also a column of the file; nil when there is none.
    public static func collision(
        ofPath path: String, under pattern: String, with columns: [String]
    ) -> TallyError? {
        collision(of: path, values(ofPath: path, under: pattern).map(\.name), with: columns)
    }

    /// Returns the error for a partition, of those given, that is also a column of the file; nil when there is none.
    public static func collision(of path: String, _ partitions: [String], with columns: [String]) -> TallyError? {
        for name in partitions {
            guard columns.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { continue }
            return TallyError(
                .invalidData,
                "partition '\(name)' of the folder and column '\(name)' of the file have one name, and only one of them can "
                    + "be read", subject: path,
                help: "rename the folder or the column, or leave out 'partitions: hive' to read the column")
        }
        return nil
    }

    /// The folders of an absolute path that a relative pattern spells: the longest ending of the path that it names.
    private static func spelled(_ path: String, by pattern: GlobPattern) -> ArraySlice<Substring.UTF8View> {
        let parts = Substring(path).utf8.split(separator: UInt8(ascii: "/"))
        let start = parts.indices.first { start in
            pattern.names(file: parts[start...].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/"))
        }
        return parts[(start ?? 0)...].dropLast()
    }

    private static func decoded(_ bytes: [UInt8]) -> String {
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                plain.append(high << 4 | low)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return String(validating: plain, as: UTF8.self) ?? String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
