// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension ContractComparison {
    /// The tables about which proofs leave something open that a run over rows may settle, in order.
    public var openObjects: [String] {
        changes.filter(\.isOpen).reduce(into: []) { names, change in
            if let object = change.object, !names.contains(object) { names.append(object) }
        }
    }

    /// Returns the comparison with the results of a shadow run.
    ///
    /// A difference that was seen makes a `no`. Transforms that gave the same values on all rows are taken to be equal, by
    /// a rule of its own that says what it rests on; of promises, agreement on some rows proves nothing and is only told.
    public func settled(by evidence: [ShadowEvidence]) -> ContractComparison {
        ContractComparison(
            old: old, new: new, consumers: consumers,
            changes: changes.map { change in
                let mine = evidence.filter { $0.change == change.id }
                return mine.isEmpty ? change : change.settled(by: mine)
            })
    }
}

extension ContractChange {
    /// The rule for transforms that were run side by side and gave the same values.
    private static let sameValues = "transform-shadowed"

    /// A name that stays the same between runs: `rule subject`.
    public var id: String { "\(rule) \(subject)" }

    /// Whether a run of two transforms side by side is what is missing.
    var isTransform: Bool { rule == "transform-changed" && columns.count == 1 && !isInside }

    /// The new contract's promises of which it is not known whether they admit what the old contract admits.
    var openBackward: [String] { backward.isUnproven && !isTransform ? backwardPromises : [] }

    /// The old contract's promises of which it is not known whether they admit what the new contract admits.
    var openForward: [String] { forward.isUnproven && !isTransform ? forwardPromises : [] }

    /// Whether a run over rows may settle something.
    var isOpen: Bool { isTransform || !openBackward.isEmpty || !openForward.isEmpty }

    fileprivate func settled(by evidence: [ShadowEvidence]) -> ContractChange {
        var (rule, backward, forward) = (rule, backward, forward)
        var help: Advice?
        for item in evidence {
            switch (item.question, item.verdict) {
            case (.values, .kept): (rule, backward, forward) = (Self.sameValues, .yes, .yes)
            case (.values, .broken):
                (backward, forward) = (.noByRows(item.text), .noByRows(item.text))
                help = "give the new transform a name of its own, or have the readers agree"
            case (.backward, .broken): backward = .noByRows(item.text)
            case (.forward, .broken): forward = .noByRows(item.text)
            case (_, .unproven), (.backward, .kept), (.forward, .kept): break
            }
        }
        guard let record = CompatibilityCatalogue[rule] else { preconditionFailure("no rule \(rule)") }
        return ContractChange(
            rule: rule, subject: subject, old: old, new: new, backward: backward, forward: forward,
            meaning: record.meaning, bump: record.bump, location: location, help: help ?? record.help, object: object,
            columns: columns, backwardPromises: backwardPromises, forwardPromises: forwardPromises, shadow: evidence)
    }
}
