// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The compatibility that a contract promises of its own later versions.
public struct CompatibilityMode: Sendable, Hashable {
    /// Whether new readers go on reading old data.
    public let isBackward: Bool
    /// Whether old readers go on reading new data.
    public let isForward: Bool
    /// Whether that holds for all versions and not only for the last.
    public let isTransitive: Bool
    /// Whether the contract itself declares the mode.
    public let isWritten: Bool

    /// Nothing is promised of later versions.
    static let none = CompatibilityMode()

    private init() {
        (isBackward, isForward, isTransitive, isWritten) = (false, false, false, true)
    }

    /// Reads `compatibility` of a contract: NONE, BACKWARD, FORWARD or FULL, with `_TRANSITIVE` or without.
    ///
    /// A contract that says nothing, or another word, promises FORWARD_TRANSITIVE.
    public init(_ contract: Contract) {
        let properties = contract.document["customProperties"]?.arrayValue ?? []
        let written = properties.first { property in
            property["property"]?.stringValue == "compatibility" && property["vendor"]?.stringValue == "tallystick"
                || property["property"]?.stringValue == "tallyCompatibility"
        }?["value"]?.stringValue?.uppercased()
        let word = written?.replacing("_TRANSITIVE", with: "")
        let modes = ["NONE", "BACKWARD", "FORWARD", "FULL"]
        let known = modes.first { $0 == word } ?? "FORWARD"
        isWritten = word.map(modes.contains) ?? false
        isBackward = known == "BACKWARD" || known == "FULL"
        isForward = known == "FORWARD" || known == "FULL"
        isTransitive = isWritten ? written?.hasSuffix("_TRANSITIVE") ?? true : true
    }

    /// The word in contracts: `FORWARD_TRANSITIVE`.
    public var text: String {
        let word = isBackward ? (isForward ? "FULL" : "BACKWARD") : isForward ? "FORWARD" : "NONE"
        return word == "NONE" || !isTransitive ? word : word + "_TRANSITIVE"
    }

    /// Whether everything that another mode promises is promised by this one.
    func covers(_ other: CompatibilityMode) -> Bool {
        (isBackward || !other.isBackward) && (isForward || !other.isForward)
            && (isTransitive || !other.isTransitive || other.text == "NONE")
    }
}
