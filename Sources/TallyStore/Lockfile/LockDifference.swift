// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// One difference between the definitions and `tally.lock`.
public struct LockDifference: Sendable, Hashable {
    /// The kind of a difference.
    public enum Kind: Sendable, Hashable {
        /// The definitions have it, the lockfile does not.
        case notLocked
        /// The lockfile has it, the definitions do not.
        case notDefined
        /// Both have it, and the innermost fingerprint that differs is of this level.
        case moved(Fingerprints.Level)
        /// Both have it and all its parts, but the release differs: the vector's names, their order, or the service itself.
        case recomposed
        /// Both have the entry, with different content.
        case rewritten
        /// Two values outside the services.
        case other(locked: String, wanted: String)
    }

    /// The subject of the difference, such as `service arrival_delay: view origin_weather`.
    public let subject: String
    /// The kind of the difference.
    public let kind: Kind

    /// Describes a difference.
    public init(subject: String, kind: Kind) {
        self.subject = subject
        self.kind = kind
    }
}

extension LockDifference: CustomStringConvertible {
    /// One line: the subject, and how it differs.
    public var description: String {
        switch kind {
        case .notLocked: "\(subject) is not in the lockfile"
        case .notDefined: "\(subject) is locked but not defined"
        case .moved(let level): "\(subject) has another \(level.rawValue) fingerprint"
        case .recomposed: "\(subject) is composed differently"
        case .rewritten: "\(subject) is declared differently"
        case .other(let locked, let wanted): "\(subject) is '\(wanted)', locked is '\(locked)'"
        }
    }
}

extension Lockfile {
    /// Returns every difference between `wanted` and `locked`, sorted; empty when they are the same.
    public static func differences(locked: Lockfile, wanted: Lockfile) -> [LockDifference] {
        var found: [LockDifference] = []
        if locked.project != wanted.project {
            found.append(
                LockDifference(subject: "project", kind: .other(locked: locked.project, wanted: wanted.project)))
        }
        if locked.semantics != wanted.semantics {
            found.append(
                LockDifference(
                    subject: "semantics version",
                    kind: .other(locked: String(locked.semantics), wanted: String(wanted.semantics))))
        }
        let olds = Dictionary(locked.services.map { ($0.name, $0) }) { first, _ in first }
        let news = Dictionary(wanted.services.map { ($0.name, $0) }) { first, _ in first }
        for name in Set(olds.keys).union(news.keys).sorted() {
            found += differences(olds[name], news[name], subject: "service \(name)")
        }
        found += contractDifferences(locked, wanted)
        // What a service or a contract tells already is not told again of the definition.
        let told = Set(found.flatMap { $0.subject.split(separator: ": ").map(String.init) })
        return found + definitionDifferences(locked, wanted).filter { !told.contains($0.subject) }
    }

    private static func contractDifferences(_ locked: Lockfile, _ wanted: Lockfile) -> [LockDifference] {
        let olds = Dictionary(locked.contracts.map { ($0.source, $0) }) { first, _ in first }
        let news = Dictionary(wanted.contracts.map { ($0.source, $0) }) { first, _ in first }
        return Set(olds.keys).union(news.keys).sorted().compactMap { source in
            let (old, new) = (olds[source], news[source])
            let subject = "source \(source): contract"
            guard let old else { return LockDifference(subject: subject, kind: .notLocked) }
            guard let new else { return LockDifference(subject: subject, kind: .notDefined) }
            guard old.version == new.version else {
                return LockDifference(subject: subject, kind: .other(locked: old.version, wanted: new.version))
            }
            return old == new ? nil : LockDifference(subject: subject, kind: .rewritten)
        }
    }

    private static func definitionDifferences(_ locked: Lockfile, _ wanted: Lockfile) -> [LockDifference] {
        let olds = Dictionary(locked.definitions.map { ($0.id, $0.fingerprint) }) { first, _ in first }
        let news = Dictionary(wanted.definitions.map { ($0.id, $0.fingerprint) }) { first, _ in first }
        return Set(olds.keys).union(news.keys).sorted().compactMap { id in
            guard let old = olds[id] else { return LockDifference(subject: id.description, kind: .notLocked) }
            guard let new = news[id] else { return LockDifference(subject: id.description, kind: .notDefined) }
            return old == new ? nil : LockDifference(subject: id.description, kind: .rewritten)
        }
    }

    private static func differences(_ old: Service?, _ new: Service?, subject: String) -> [LockDifference] {
        guard let old else { return [LockDifference(subject: subject, kind: .notLocked)] }
        guard let new else { return [LockDifference(subject: subject, kind: .notDefined)] }
        struct Key: Hashable {
            let kind: Release.Part.Kind
            let name: String
        }
        let olds = Dictionary(old.parts.map { (Key(kind: $0.kind, name: $0.name), $0.fingerprints) }) { first, _ in
            first
        }
        let news = Dictionary(new.parts.map { (Key(kind: $0.kind, name: $0.name), $0.fingerprints) }) { first, _ in
            first
        }
        let keys = Set(olds.keys).union(news.keys).sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        let found = keys.compactMap { key -> LockDifference? in
            let name = "\(subject): \(key.kind.rawValue) \(key.name)"
            guard let before = olds[key] else { return LockDifference(subject: name, kind: .notLocked) }
            guard let after = news[key] else { return LockDifference(subject: name, kind: .notDefined) }
            return after.firstDifference(from: before).map { LockDifference(subject: name, kind: .moved($0)) }
        }
        if found.isEmpty, old.release != new.release { return [LockDifference(subject: subject, kind: .recomposed)] }
        return found
    }
}
