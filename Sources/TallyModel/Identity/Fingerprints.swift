// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The three fingerprints of a definition or a part of one (SEMANTICS 9).
///
/// They nest: whatever moves `storage` moves `value`, and whatever moves `value` moves `promise`.
public struct Fingerprints: Sendable, Hashable {
    /// The three, from the innermost to the outermost.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case storage
        case value
        case promise
    }

    /// The fingerprint of the meaning of stored bytes: data is keyed by it, and a new one needs a backfill.
    public let storage: Fingerprint
    /// Storage, and what changes a value on its way out, such as the time to live.
    public let value: Fingerprint
    /// Value, and what is promised about it: names, units, contracts.
    public let promise: Fingerprint

    /// Joins three fingerprints.
    public init(storage: Fingerprint, value: Fingerprint, promise: Fingerprint) {
        self.storage = storage
        self.value = value
        self.promise = promise
    }

    /// The fingerprint of a level.
    public subscript(level: Level) -> Fingerprint {
        switch level {
        case .storage: storage
        case .value: value
        case .promise: promise
        }
    }

    /// The innermost level at which the two differ; nil when they are equal.
    public func firstDifference(from other: Fingerprints) -> Level? {
        Level.allCases.first { self[$0] != other[$0] }
    }
}

extension Fingerprints {
    /// An object of the three as hexadecimal digits.
    public var json: JSON {
        .object(Level.allCases.map { ($0.rawValue, .string(self[$0].hex)) })
    }

    /// Reads the object that `json` writes; nil for anything else.
    public init?(json: JSON) {
        let levels = Level.allCases.compactMap { level in
            json[level.rawValue]?.stringValue.flatMap { Fingerprint(hex: $0) }
        }
        guard levels.count == 3 else { return nil }
        self.init(storage: levels[0], value: levels[1], promise: levels[2])
    }
}
