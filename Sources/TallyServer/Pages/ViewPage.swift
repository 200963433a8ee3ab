// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `/views/{name}`: a view's features, its promise, and what is stored of it.
struct ViewPage {
    let card: ViewCard
    let catalogue: ServingCatalogue

    private var view: FeatureView { card.view }

    var reply: Reply {
        let content = HTML.pieces(
            .heading("view", view.name, view.annotation.description), facts, note, .element("h2", "Features"),
            features, .element("h2", "Used by"), users, .element("h2", "Fingerprints"), fingerprints)
        return Page(title: view.name, project: catalogue.definitions.project.name, content: content).reply()
    }

    private var facts: HTML {
        .facts([
            ("owner", .orDash(view.annotation.owner)), ("freshness", card.freshnessText),
            ("time to live", .orDash(view.timeToLive?.description)),
            ("key", .escaped(card.keys.map { "\($0.name): \($0.type)" }.joined(separator: ", "))),
            ("source", .escaped(view.source)), ("entities stored", .orDash(card.generation.map { "\($0.keys)" })),
            ("generation", .orDash(card.generation.map { "\($0.number)" })),
            ("known up to", .orDash(card.generation?.until.description)),
            ("filled at", .orDash(card.generation?.filledAt.description)),
        ])
    }

    private var note: HTML {
        let command = HTML.code(NextStep.materialize([view.name]).spelled(for: .http))
        if card.generation == nil {
            return .element("p", with: [("class", "note")], .pieces(.escaped("Nothing is stored yet: run "), command))
        }
        guard !card.isCurrent else { return .nothing }
        return .element(
            "p", with: [("class", "note")],
            .pieces(.escaped("An earlier version is served until the applied one is filled: run "), command))
    }

    private var features: HTML {
        .table(
            ["name", "type", "unit", "made from", "owner", "description"],
            view.features.map { feature in
                [
                    .element("strong", feature.name), .code(feature.type.name), .orDash(feature.unit),
                    feature.expression.map { .code($0) } ?? .orDash(nil),
                    .orDash(feature.annotation.owner ?? view.annotation.owner),
                    .orDash(feature.annotation.description),
                ]
            })
    }

    private var users: HTML {
        card.services.isEmpty
            ? .element("p", "No service yet.")
            : .element("p", card.services.map { .link("/services/", name: $0) }.joined(.comma))
    }

    private var fingerprints: HTML {
        .table(
            ["of", "SHA-256"],
            Fingerprints.Level.allCases.map { [.escaped($0.rawValue), .code(card.fingerprints[$0].hex)] })
    }
}
