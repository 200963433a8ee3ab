// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The values that make an answer repeatable (SEMANTICS 1.5 and 11): its instant, the positions read, the release, a
/// digest.
public struct Receipt: Sendable, Hashable {
    /// The instant of the answer.
    public let time: Timestamp
    /// The position that was read of each view.
    public let positions: [ReadPosition]
    /// The release that answered; nil for an answer that names features and no service.
    public let release: ReleaseName?
    /// The digest of columns, statuses and values: equal answers have equal digests.
    public let digest: Fingerprint

    /// The receipt of an answer; its digest takes time linear in the values.
    ///
    /// The digest is over, for each column in order, its name's length (4 bytes) and UTF-8 bytes, and for each entity one
    /// byte of status (the number of the case) and the value's canonical bytes.
    public init(of vectors: FeatureVectors) {
        time = vectors.time
        positions = vectors.positions
        release = vectors.release
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vectors.columns.count * (16 + vectors.count * 9))
        for (index, column) in vectors.columns.enumerated() {
            bytes.append(bigEndian: UInt32(column.name.utf8.count))
            bytes += column.name.utf8
            CanonicalEncoding.append(
                vectors.values[index], statuses: vectors.statuses[index * vectors.count..<(index + 1) * vectors.count],
                to: &bytes)
        }
        digest = Fingerprint(of: bytes)
    }
}

extension Receipt {
    /// An object: `time`, `release` (service, number, fingerprint) or null, `read` (one entry a view), `digest`.
    public var json: JSON {
        .object([
            ("time", .string(time.description)), ("release", release?.json ?? .null),
            ("read", .array(positions.map(\.json))), ("digest", .string(digest.hex)),
        ])
    }
}

extension ReleaseName {
    /// An object of service, number and fingerprint.
    public var json: JSON {
        .object([
            ("service", .string(service)), ("number", .int(Int64(number))), ("fingerprint", .string(fingerprint.hex)),
        ])
    }
}

extension ReadPosition {
    /// An object: the view, and `generation` with `until`, or `snapshot`, or neither.
    public var json: JSON {
        let start: [(String, JSON)] = [("view", .string(view)), ("storage", .string(storage.hex))]
        switch place {
        case .online(let generation, let until):
            return .object(
                start + [("generation", .int(Int64(generation))), ("until", .string(until.description))])
        case .offline(let snapshot): return .object(start + [("snapshot", .string(snapshot.hex))])
        case .nowhere: return .object(start)
        }
    }
}
