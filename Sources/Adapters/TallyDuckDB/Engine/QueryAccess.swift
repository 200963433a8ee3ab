// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// What the SQL of users may read (decision 0033).
///
/// The files behind the tables that a rule of a contract names may be read in any case.
public struct QueryAccess: Sendable, Hashable {
    /// Folders, with all that is in them, and files; relative paths start at the repository.
    ///
    /// What is hidden in the repository's own folder belongs to it only by its name.
    public var readable: [String]
    /// Files and folders that are never read, wherever they are.
    public var withheld: [String]

    /// Names what may be read and what may not.
    public init(readable: [String], withheld: [String]) {
        self.readable = readable
        self.withheld = withheld
    }

    /// The files of the repository but for its own state.
    public static let repository = QueryAccess(readable: ["."], withheld: [".tally"])

    /// No file but those behind the tables that are named.
    public static let tables = QueryAccess(readable: [], withheld: [])
}
