// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Whether every table that one contract admits is admitted by another as well.
public enum Answer: Sendable, Hashable {
    /// Every one is; a proof was found.
    case yes
    /// This one is not; both contracts' promises were run on it.
    case no(witness: Witness)
    /// The real data is not, as the text shows by counts and positions and never by a value.
    case noByRows(String)
    /// Neither a proof nor a table that distinguishes the contracts was found.
    case unproven(String)
    /// Neither data nor a search can show it, for the reason in the text: the rule is for people, or for another
    /// engine.
    case untold(String)

    /// `yes`, `no` or `unproven`.
    public var word: String {
        switch self {
        case .yes: "yes"
        case .no, .noByRows: "no"
        case .unproven, .untold: "unproven"
        }
    }

    /// Whether it is `yes`.
    public var isYes: Bool { self == .yes }
    /// Whether it is `no`, whatever shows it.
    public var isNo: Bool {
        switch self {
        case .no, .noByRows: true
        case .yes, .unproven, .untold: false
        }
    }
    /// Whether it is `unproven`.
    public var isUnproven: Bool { isOpen || self != .yes && !isNo }
    /// Whether it is `unproven`, and data or a search could show more.
    public var isOpen: Bool { if case .unproven = self { true } else { false } }
    /// The made-up table that shows a `no`; nil otherwise.
    public var witness: Witness? { if case .no(let witness) = self { witness } else { nil } }

    /// The worst of some answers: the first `no`, else the first `unproven` that could be shown, else any, else `yes`.
    public static func worst(_ answers: [Answer]) -> Answer {
        answers.first(where: \.isNo) ?? answers.first(where: \.isOpen) ?? answers.first { !$0.isYes } ?? .yes
    }
}

/// One of the two contracts of a comparison.
public enum ContractSide: String, Sendable, Hashable {
    /// The contract as it was.
    case old
    /// The new contract.
    case new

    /// The other contract.
    public var other: ContractSide { self == .old ? .new : .old }
}

/// The effect of a change on the meaning of values that stay the same.
public enum MeaningChange: String, Sendable, Hashable, Comparable, CaseIterable {
    /// The same numbers mean the same.
    case same
    /// Values may move, so that models have to be looked at again.
    case shift
    /// Something else under an old name.
    case new

    /// Orders by how much changes.
    public static func < (left: MeaningChange, right: MeaningChange) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .same: 0
        case .shift: 1
        case .new: 2
        }
    }
}
