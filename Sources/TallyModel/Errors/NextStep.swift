// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A verb of the product that a text sends its reader to, with what it is to be given.
///
/// Each door spells every case in a `switch` without `default`: a new verb does not compile until all of them do. A verb
/// that no text names has no case.
public enum NextStep: Sendable, Hashable {
    /// A kind of definitions, by the word that command and call take.
    public enum Listed: String, Sendable, Hashable, CaseIterable {
        case entities
        case sources
        case views
        case services
    }

    /// Begin a repository.
    case initialize
    /// Check the definitions.
    case check
    /// Show what applying would change; `shadow` runs changed transforms beside the applied ones.
    case plan(shadow: Bool = false)
    /// Record the definitions.
    case apply
    /// Fill the online store; no view stands for all of them.
    ///
    /// `until` is the last instant that is taken in, nil for now.
    case materialize(
        [String] = [], full: Bool = false, until: Timestamp? = nil, acceptFuture: Bool = false,
        acceptClock: Bool = false)
    /// Ask for one vector.
    case get
    /// List the definitions of a kind; nil for all.
    case list(Listed? = nil)
    /// Hold the promises against the data.
    case verify
    /// Look through everything that is stored.
    case doctor
    /// Propose a contract from data.
    case contractImport
    /// Compare two versions of a contract, over data where they are named.
    case contractDiff(shadow: String? = nil)
    /// List the rows that were set aside.
    case quarantineList
    /// Show the rows of a table that wait.
    case quarantineShow(String)
    /// Give waiting rows up.
    case quarantineDiscard
    /// Let waiting rows in; nil where any table may be meant.
    case quarantineReplay(String? = nil)
    /// Make a token, with a name and a scope where they are told.
    case tokenCreate(name: String? = nil, scope: String? = nil)
    /// List the tokens.
    case tokenList
    /// Make a token worthless.
    case tokenRevoke(String)
    /// Serve over HTTP: for a host by that name, or with a certificate that it makes itself.
    case serve(knownHost: String? = nil, selfSigned: Bool = false)
}
