// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyLMDB
public import TallyModel

/// The online store that a fill writes: the present one, or a new one that replaces a damaged one afterwards.
public struct FillingStore: Sendable {
    /// The store to fill.
    public let store: any OnlineStore
    private let replacement: LMDBReplacement?

    init(path: String, replacesDamaged: Bool) throws(TallyError) {
        replacement = replacesDamaged ? try LMDBReplacement(ofDamaged: path) : nil
        if let replacement { store = replacement.store } else { store = try LMDBStore(path: path) }
    }

    /// Lets readers see what was filled; returns the name that the damaged file was kept under, if there was one.
    public func finish(at now: Timestamp) throws(TallyError) -> String? { try replacement?.takePlace(at: now) }
}
