// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The reason why a served value is present or missing (SEMANTICS 11); every value comes with one.
public enum ValueStatus: UInt8, Sendable, Hashable, CaseIterable {
    /// The value is the one promised.
    case present
    /// The row exists, and its value is null.
    case null
    /// No row is visible.
    case notFound
    /// The latest row is older than the time to live.
    case outsideMaxAge
    /// The view has not been filled up to this instant.
    case notMaterialized
    /// The result does not fit its type.
    case overflow
    /// The value breaks its promise.
    case broken
    /// The caller may not see it.
    case forbidden

    /// The spelling used in answers: the name of the case.
    public var name: String {
        switch self {
        case .present: "present"
        case .null: "null"
        case .notFound: "notFound"
        case .outsideMaxAge: "outsideMaxAge"
        case .notMaterialized: "notMaterialized"
        case .overflow: "overflow"
        case .broken: "broken"
        case .forbidden: "forbidden"
        }
    }
}
