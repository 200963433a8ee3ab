// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Distinguishes our training sets and manifests from other files.
enum WrittenTrainingSet {
    /// Whether a file is a training set or a manifest: by the identity in its footer, or by the manifest beside it.
    static func isOurs(_ path: String) throws(TallyError) -> Bool {
        if try isManifest(path) { return true }
        if let footer = try footer(ofParquet: path) { return footer.contains(identity) }
        return try isManifest(TrainingManifest.path(besides: path))
    }

    private static let identity = Array(TrainingManifest.identityKey.utf8)

    /// Manifests are small; what is larger is none.
    private static let largestManifest: Int64 = 64 << 20

    private static func isManifest(_ path: String) throws(TallyError) -> Bool {
        guard path.hasSuffix(".manifest.json"), let stamp = FileStamp(of: path), stamp.size < largestManifest,
            let bytes = try AtomicFile.read(path),
            let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self))
        else { return false }
        return json["tallystick"]?.stringValue == "training set"
    }

    /// The footer of a Parquet file; nil for any other file.
    private static func footer(ofParquet path: String) throws(TallyError) -> [UInt8]? {
        do throws(OpenFile.Failure) {
            let file = try OpenFile.reading(path)
            let size = Int(try file.stamp().size)
            guard size >= 12 else { return nil }
            let end = try file.read(upTo: 8, at: size - 8)
            guard end.count == 8, Array(end[4...]) == Array("PAR1".utf8) else { return nil }
            let length = end[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= size - 12 else { return nil }
            return try file.read(upTo: length, at: size - 8 - length)
        } catch {
            throw TallyError(
                .unreadable, "could not be read: \(error.message)", subject: path, underlying: error.message)
        }
    }
}

extension [UInt8] {
    /// Whether the bytes hold other bytes in a row.
    fileprivate func contains(_ other: [UInt8]) -> Bool {
        guard count >= other.count, !other.isEmpty else { return false }
        return indices.dropLast(other.count - 1).contains { self[$0] == other[0] && self[$0...].starts(with: other) }
    }
}
