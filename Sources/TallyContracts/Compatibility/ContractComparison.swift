// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The comparison of two versions of a contract: the changes, the consumers they reach, and the version they ask for.
///
/// Let D(C) be the tables that contract C admits once a reader has read them by name, with exact conversions and the
/// contract's defaults, labelled with what the contract says they mean. The new contract is *backward* compatible if
/// D(old) ⊆ D(new), and *forward* compatible if D(new) ⊆ D(old).
/// A `yes` rests on a proof, a `no` on a table that both contracts' promises were run on, and all else is `unproven`.
public struct ContractComparison: Sendable {
    /// The contract as it was.
    public let old: Contract
    /// The new contract.
    public let new: Contract
    /// The known readers of the old contract.
    public let consumers: [Consumer]
    /// Every difference, table by table in the order of the new contract.
    public let changes: [ContractChange]

    /// Compares two versions; takes time with the number of promises, and more with changed patterns.
    public init(old: Contract, new: Contract, consumers: [Consumer] = []) {
        self.old = old
        self.new = new
        self.consumers = consumers
        var changes: [ContractChange] = []
        var seen = Set<String>()
        for object in new.objects + old.objects where seen.insert(object.name).inserted {
            var pair = TablePair(object.name, old: old, new: new, consumers: consumers)
            pair.compare()
            changes += pair.changes
        }
        self.changes = changes + DocumentDifference(old: old, new: new).changes()
    }

    /// A comparison of which the changes are known.
    init(old: Contract, new: Contract, consumers: [Consumer], changes: [ContractChange]) {
        self.old = old
        self.new = new
        self.consumers = consumers
        self.changes = changes
    }

    /// Whether the new contract admits every table that the old one admits.
    public var backward: Answer { .worst(changes.map(\.backward)) }
    /// Whether the old contract admits every table that the new one admits.
    public var forward: Answer { .worst(changes.map(\.forward)) }
    /// The most that any change does to the meaning of values.
    public var meaning: MeaningChange { changes.map(\.meaning).max() ?? .same }
    /// The least version bump: the greatest that any change asks for.
    public var bump: VersionBump { changes.map(\.bump).max() ?? .none }

    /// The fault in the new contract's version; nil when it is right.
    public var versionProblem: String? {
        // A view, for example, has no version of its own.
        guard !old.version.isEmpty, bump != .none || old.version != new.version else { return nil }
        guard let before = SemanticVersion(old.version) else {
            return "'\(old.version)' is no version of the form 1.2.3, so that none can be held against it"
        }
        guard let after = SemanticVersion(new.version) else {
            return "'\(new.version)' is no version of the form 1.2.3"
        }
        let least = before.bumped(by: bump)
        if after < before { return "the version goes back from \(before) to \(after)" }
        if after >= least { return nil }
        let wanted = "it should be \(least) at least"
        return after == before
            ? "the version is still \(before), but a change asks for \(Self.phrase(bump)): \(wanted)"
            : "from \(before) to \(after) is less than \(Self.phrase(bump)), which a change asks for: \(wanted)"
    }

    /// Whether the version announces a break: it moved as far as the changes ask, and by a step that may break.
    public var isAnnounced: Bool {
        guard versionProblem == nil, let before = SemanticVersion(old.version), let after = SemanticVersion(new.version)
        else { return false }
        return after >= before.bumped(by: .major)
    }

    /// The compatibility that the change has to keep.
    ///
    /// A mode that no contract writes down holds until the next version that may break. A mode that the old contract
    /// writes holds for that one too, unless the new contract says with it that it promises less.
    public var promised: CompatibilityMode {
        let (mode, wanted) = (CompatibilityMode(old), CompatibilityMode(new))
        guard isAnnounced else { return mode }
        if !mode.isWritten { return .none }
        return wanted.covers(mode) ? mode : wanted
    }

    /// Whether an answer is unproven that data or a search could show.
    public var isOpen: Bool { changes.contains { $0.backward.isOpen || $0.forward.isOpen } }

    private static func phrase(_ bump: VersionBump) -> String {
        bump == .newView ? "a new view, or a major version" : "a \(bump.word) version"
    }

    /// Returns the effect of the new contract on a consumer of the old one.
    ///
    /// A change breaks a consumer that reads one of its columns, if old readers may meet what they do not know or the
    /// meaning of values moves.
    public func impact(on consumer: Consumer) -> Impact {
        let reaching = changes.filter { change in
            change.reaches(consumer) && (!change.forward.isYes || change.meaning != .same)
        }
        return reaching.isEmpty ? .safe : .breaks(by: reaching)
    }
}
