// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The state of a view in the online store after one fill: the source rows in it, their range, and its horizon.
public struct OnlineGeneration: Sendable, Hashable {
    /// The storage fingerprint of the view: stored rows are keyed by it.
    public let storage: Fingerprint
    /// Counts the fills of this storage fingerprint from 1; a number is never given twice.
    public let number: Int
    /// The view's name when it was filled, for people.
    public let view: String
    /// The files whose rows were taken in.
    public let snapshot: SourceSnapshot
    /// Rows known up to here were taken in; later ones wait for the next fill.
    public let until: Timestamp
    /// The earliest instant that the stored rows can answer for; earlier ones are the offline engine's.
    ///
    /// `Timestamp.distantPast` for a source without event time.
    public let horizon: Timestamp
    /// The time of the fill.
    public let filledAt: Timestamp
    /// The number of entities that have a cell.
    public let keys: Int
    /// The digest of all stored keys and cells; nil where a version of the program filled it that kept none.
    public let digest: CellsDigest?

    /// Describes a generation.
    public init(
        storage: Fingerprint, number: Int, view: String, snapshot: SourceSnapshot, until: Timestamp,
        horizon: Timestamp, filledAt: Timestamp, keys: Int, digest: CellsDigest? = nil
    ) {
        self.storage = storage
        self.number = number
        self.view = view
        self.snapshot = snapshot
        self.until = until
        self.horizon = horizon
        self.filledAt = filledAt
        self.keys = keys
        self.digest = digest
    }

    /// The same generation with the number, the count of entities and the digest of its cells that a store gave it.
    public func numbered(_ number: Int, keys: Int, digest: CellsDigest?) -> OnlineGeneration {
        OnlineGeneration(
            storage: storage, number: number, view: view, snapshot: snapshot, until: until, horizon: horizon,
            filledAt: filledAt, keys: keys, digest: digest)
    }
}

extension OnlineGeneration {
    /// An object of everything, times in microseconds.
    public var json: JSON {
        .object(
            [
                ("storage", .string(storage.hex)), ("number", .int(Int64(number))), ("view", .string(view)),
                ("source", .string(snapshot.source)), ("takenAt", .exact(snapshot.takenAt.microseconds)),
                (
                    "files",
                    .array(
                        snapshot.files.map { file in
                            .object([
                                ("path", .string(file.path)), ("size", .exact(file.size)),
                                ("sha256", .string(file.digest.hex)),
                                ("firstSeen", file.firstSeen.map { .exact($0.microseconds) } ?? .null),
                            ])
                        })
                ),
                ("until", .exact(until.microseconds)), ("horizon", .exact(horizon.microseconds)),
                ("filledAt", .exact(filledAt.microseconds)), ("keys", .int(Int64(keys))),
            ] + (digest.map { [("digest", .string($0.hex))] } ?? [])
                + (snapshot.withdrawn > 0 ? [("withdrawn", .exact(Int64(snapshot.withdrawn)))] : []))
    }

    /// Reads the object that `json` writes; nil for anything else.
    public init?(json: JSON) {
        guard let storage = json["storage"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let number = json["number"]?.countValue, let view = json["view"]?.stringValue,
            let source = json["source"]?.stringValue, let takenAt = json["takenAt"]?.exactValue,
            let entries = json["files"]?.arrayValue, let until = json["until"]?.exactValue,
            let horizon = json["horizon"]?.exactValue, let filledAt = json["filledAt"]?.exactValue,
            let keys = json["keys"]?.countValue
        else { return nil }
        let digest = json["digest"]?.stringValue.flatMap { CellsDigest(hex: $0) }
        // A digest that cannot be read is damage; one that is missing is not.
        guard json["digest"] == nil || digest != nil else { return nil }
        let files = entries.compactMap { entry -> SourceSnapshot.File? in
            guard let path = entry["path"]?.stringValue, let size = entry["size"]?.exactValue,
                let digest = entry["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) })
            else { return nil }
            let firstSeen = entry["firstSeen"]?.exactValue.map { Timestamp(microseconds: $0) }
            return SourceSnapshot.File(path: path, size: size, digest: digest, firstSeen: firstSeen, stamp: "")
        }
        guard files.count == entries.count else { return nil }
        self.init(
            storage: storage, number: number, view: view,
            snapshot: SourceSnapshot(
                source: source, takenAt: Timestamp(microseconds: takenAt), files: files,
                withdrawn: json["withdrawn"]?.countValue ?? 0),
            until: Timestamp(microseconds: until), horizon: Timestamp(microseconds: horizon),
            filledAt: Timestamp(microseconds: filledAt), keys: keys, digest: digest)
    }
}
