// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `GET /v1/services`, `/v1/services/{name}`, `/v1/views` and `/v1/views/{name}`: the catalogue for programs.
struct CatalogueRoutes {
    let catalogue: ServingCatalogue
    let now: Timestamp

    func services() -> Reply {
        .json(200, .object([("services", .array(ServiceCard.all(in: catalogue).map { .object($0.summary) }))]))
    }

    func service(_ name: String) throws(Refusal) -> Reply {
        .json(200, .object(try card(ofService: name).details))
    }

    func views() -> Reply {
        .json(200, .object([("views", .array(ViewCard.all(in: catalogue, now: now).map { .object($0.summary) }))]))
    }

    func view(_ name: String) throws(Refusal) -> Reply {
        .json(200, .object(try card(ofView: name).details))
    }

    /// The card of a service; `E-not-found` for a name that is not applied.
    func card(ofService name: String) throws(Refusal) -> ServiceCard {
        if let service = catalogue.definitions.services[name] { return ServiceCard(service, in: catalogue) }
        throw .failed(
            TallyError(
                .notFound, "there is no feature service '\(name)'",
                help: nearestName(to: name, among: catalogue.definitions.services.keys).map { "did you mean '\($0)'?" })
        )
    }

    /// The card of a view; `E-not-found` for a name that is not applied.
    func card(ofView name: String) throws(Refusal) -> ViewCard {
        let served = try Refusal.ofFailure { () throws(TallyError) in try catalogue.view(name) }
        return ViewCard(served, in: catalogue, now: now)
    }
}
