// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The rights that a token gives to its bearer.
public enum TokenScope: String, Sendable, Hashable, CaseIterable {
    /// Vectors, the catalogue, metrics and pages.
    case read
    /// The rights of `read`, and to fill the store or write into it.
    case write
    /// Everything, also what is to come.
    case admin

    /// Whether a token with this scope may do what needs another.
    func covers(_ needed: TokenScope) -> Bool {
        switch self {
        case .read: needed == .read
        case .write: needed == .read || needed == .write
        case .admin: true
        }
    }
}
