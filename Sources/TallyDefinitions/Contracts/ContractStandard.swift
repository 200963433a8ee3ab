// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The versions of the Open Data Contract Standard that differ in what they allow.
enum ContractStandard: Int, CaseIterable, Comparable, Sendable {
    case v30
    case v31
    case v32

    /// Every `apiVersion` that is read, newest first.
    static let spellings: [(text: String, standard: ContractStandard)] = [
        ("v3.2.0", .v32), ("v3.1.0", .v31), ("v3.0.2", .v30), ("v3.0.1", .v30), ("v3.0.0", .v30),
    ]

    /// The version behind an `apiVersion`; nil for one that is not read.
    init?(_ apiVersion: String) {
        guard let found = Self.spellings.first(where: { $0.text == apiVersion }) else { return nil }
        self = found.standard
    }

    /// The newest `apiVersion` of it.
    var spelled: String { Self.spellings.first { $0.standard == self }?.text ?? "v3.2.0" }

    /// Orders versions from older to newer.
    static func < (left: ContractStandard, right: ContractStandard) -> Bool { left.rawValue < right.rawValue }
}
