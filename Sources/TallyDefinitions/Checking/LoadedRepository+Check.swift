// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension LoadedRepository {
    /// Checks names, references, types and expressions.
    ///
    /// `descriptions` holds by source name what an engine found; a source that is not in it was not described. Without
    /// described and without declared columns the checks of its columns are left out and told in `unproven`.
    /// `listings` holds by source name which files its path names, or why that cannot be said.
    /// `failures` holds by source why an engine could not describe it; what is wrong with a query is told at its place.
    public func check(
        descriptions: [String: TableDescription], failures: [String: TallyError] = [:],
        listings: [String: Result<FileListing, TallyError>] = [:]
    ) -> CheckResult {
        RepositoryCheck(self, descriptions: descriptions, failures: failures, listings: listings).run()
    }
}
