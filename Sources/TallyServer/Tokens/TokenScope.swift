// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What a token allows its bearer.
public enum TokenScope: String, Sendable, Hashable, CaseIterable {
    /// Vectors, the catalogue, metrics and pages.
    case read
    /// What `read` allows, and whatever fills the store or writes into it.
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
