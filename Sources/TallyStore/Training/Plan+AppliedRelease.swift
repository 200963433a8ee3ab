// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Plan {
    /// Returns the applied release of a service; throws when it is not applied.
    ///
    /// `E-not-found` for an unknown service, `E-conflict` when the files say something else than the registry.
    public func appliedRelease(of service: String) throws(TallyError) -> Release {
        guard let release = releases.first(where: { $0.service == service }) else {
            throw TallyError(
                .notFound, "there is no feature service '\(service)'",
                help: nearestName(to: service, among: releases.map(\.service)).map { "did you mean '\($0)'?" }
                    ?? "`\(.list())` shows the services")
        }
        guard !candidates.contains(where: { $0.service == service }) else {
            throw TallyError(
                .conflict, "its definitions are not applied as they stand in the files",
                subject: "service \(service)", help: "look with `\(.plan())`, then `\(.apply)`")
        }
        return release
    }
}
