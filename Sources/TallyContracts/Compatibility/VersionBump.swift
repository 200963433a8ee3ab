// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The version bump that a change asks for.
public enum VersionBump: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Nothing changed.
    case none
    /// No reader can tell.
    case patch
    /// Readers of the old contract go on as they are.
    case minor
    /// Readers of the old contract have to act.
    case major
    /// A new table or feature: the old one stays beside it until it has no readers.
    case newView

    /// Orders from `none` to `newView`.
    public static func < (left: VersionBump, right: VersionBump) -> Bool { left.rank < right.rank }

    /// The word for people: `new view` for `newView`.
    public var word: String { self == .newView ? "new view" : rawValue }

    private var rank: Int {
        switch self {
        case .none: 0
        case .patch: 1
        case .minor: 2
        case .major: 3
        case .newView: 4
        }
    }
}

/// A version `major.minor.patch` as Semantic Versioning 2.0.0 defines it; build metadata is left out.
struct SemanticVersion: Hashable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int
    let patch: Int
    /// The identifiers after the hyphen; a version with any comes before the one without.
    let prerelease: [String]

    /// Reads a version, with a `v` before it or not; nil for anything that is none.
    init?(_ text: String) {
        let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
        let parts = bare.prefix { $0 != "+" }.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let read = numbers.compactMap { $0.allSatisfy { $0.isASCII && $0.isNumber } ? Int($0) : nil }
            // The number after it has to be one, too.
            .filter { $0 < .max }
        let isPlain = numbers.allSatisfy { $0.count == 1 || !$0.hasPrefix("0") }
        guard numbers.count == 3, read.count == 3, isPlain else { return nil }
        (major, minor, patch) = (read[0], read[1], read[2])
        prerelease = parts.count == 2 ? parts[1].split(separator: ".").map(String.init) : []
        if parts.count == 2, prerelease.isEmpty { return nil }
    }

    private init(_ major: Int, _ minor: Int, _ patch: Int) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
        prerelease = []
    }

    /// The lowest version that lies a bump beyond this one.
    ///
    /// Before 1.0.0 anything may change (section 4 of Semantic Versioning), and by custom a minor version says so.
    func bumped(by bump: VersionBump) -> SemanticVersion {
        if major == 0, bump >= .minor { return SemanticVersion(0, minor + 1, 0) }
        switch bump {
        case .none: return self
        // What comes before 1.2.3 may be published as 1.2.3.
        case .patch: return SemanticVersion(major, minor, prerelease.isEmpty ? patch + 1 : patch)
        case .minor: return SemanticVersion(major, minor + 1, 0)
        case .major, .newView: return SemanticVersion(major + 1, 0, 0)
        }
    }

    static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let (mine, other) = ((left.major, left.minor, left.patch), (right.major, right.minor, right.patch))
        if mine != other { return mine < other }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (mine, other) in zip(left.prerelease, right.prerelease) where mine != other {
            switch (Int(mine), Int(other)) {
            case (let mine?, let other?): return mine < other
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return mine.utf8.lexicographicallyPrecedes(other.utf8)
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    var description: String {
        "\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-" + prerelease.joined(separator: "."))
    }
}
