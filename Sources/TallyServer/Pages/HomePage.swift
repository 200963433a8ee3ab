// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `/`: every service and every view, with its owner and freshness.
struct HomePage {
    let catalogue: ServingCatalogue
    let now: Timestamp

    var reply: Reply {
        let project = catalogue.definitions.project.name
        let services = ServiceCard.all(in: catalogue)
        let views = ViewCard.all(in: catalogue, now: now)
        let features = views.map(\.view.features.count).reduce(0, +)
        let content = HTML.pieces(
            .heading(
                "feature store", project,
                "\(services.count) services, \(views.count) views, \(features) features."),
            .element("h2", with: [("id", "services")], "Services"), Self.table(services),
            .element("h2", with: [("id", "views")], "Views"), Self.table(views))
        return Page(title: project, project: project, content: content).reply()
    }

    private static func nothingApplied(_ what: String) -> String {
        "No \(what) is applied yet: run \(NextStep.apply.spelled(for: .http))."
    }

    private static func table(_ services: [ServiceCard]) -> HTML {
        guard !services.isEmpty else { return .element("p", nothingApplied("service")) }
        return .table(
            ["service", "owner", "release", "views", "description"],
            services.map { card in
                [
                    .link("/services/", name: card.service.name), .orDash(card.service.annotation.owner),
                    card.releaseText,
                    card.service.selections.map { .link("/views/", name: $0.view) }.joined(.comma),
                    .orDash(card.service.annotation.description),
                ]
            })
    }

    private static func table(_ views: [ViewCard]) -> HTML {
        guard !views.isEmpty else { return .element("p", nothingApplied("view")) }
        return .table(
            ["view", "owner", "freshness", "features", "entities stored", "description"],
            views.map { card in
                [
                    .link("/views/", name: card.view.name), .orDash(card.view.annotation.owner), card.freshnessText,
                    .escaped("\(card.view.features.count)"),
                    .orDash(card.generation.map { "\($0.keys)" }), .orDash(card.view.annotation.description),
                ]
            })
    }
}

extension ServiceCard {
    /// The release that is served, in words.
    var releaseText: HTML {
        if let serving {
            return .verdict(.kept, "release \(serving.number)")
        }
        return .verdict(.unproven, "waits for \(missing.isEmpty ? "promotion" : missing.joined(separator: ", "))")
    }
}
