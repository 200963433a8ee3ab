// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `/services/{name}`: the vector a model is promised, column by column, and how to ask for it.
struct ServicePage {
    let card: ServiceCard
    let catalogue: ServingCatalogue
    /// Whether the visitor needs a token.
    let isLocked: Bool
    /// The scheme, host and port at which the reader of the page reaches the server.
    let place: String

    private var service: FeatureService { card.service }

    var reply: Reply {
        let content = HTML.pieces(
            .heading("service", service.name, service.annotation.description), facts, waiting,
            .element("h2", "Vector"), vector, inputs, .element("h2", "Ask for it"),
            service.transforms.isEmpty ? .element("pre", .code(example)) : inPython, releases)
        return Page(title: service.name, project: catalogue.definitions.project.name, content: content).reply()
    }

    private var facts: HTML {
        .facts([
            ("owner", .orDash(service.annotation.owner)), ("release", card.releaseText),
            ("fingerprint", .orDash(card.serving?.release.fingerprint.short)),
            ("keys", .orDash(card.layout?.keys.map { "\($0.name): \($0.type)" }.joined(separator: ", "))),
            ("views", service.selections.map { .link("/views/", name: $0.view) }.joined(.comma)),
        ])
    }

    private var waiting: HTML {
        guard !card.missing.isEmpty else { return .nothing }
        let command = NextStep.materialize(card.missing).spelled(for: .http)
        return .element(
            "p", with: [("class", "note")],
            .pieces(.escaped("The applied version waits for data: run "), .code(command)))
    }

    /// What there is in place of a command, where this server does not answer.
    private var inPython: HTML {
        .element(
            "p", with: [("class", "note")],
            .escaped(
                "It computes something in Python (\(service.transforms.joined(separator: ", "))): the Python package "
                    + "answers for it, and this server does not."))
    }

    private var vector: HTML {
        let declared = Dictionary(
            catalogue.definitions.views.values.flatMap { view in view.features.map { (view.name + ":" + $0.name, $0) } }
        ) { first, _ in first }
        let inPython = Dictionary(
            service.transforms.compactMap { catalogue.definitions.transforms[$0] }
                .flatMap { transform in transform.outputs.map { ($0.name, transform.name) } }
        ) { first, _ in first }
        let computed = Dictionary(service.onDemand.map { ($0.name, $0) }) { first, _ in first }
        guard let columns = card.layout?.columns else { return .element("p", "No release of it serves yet.") }
        return .table(
            ["name", "type", "unit", "from", "description"],
            columns.map { column in
                let feature = column.view.map { declared[$0 + ":" + column.feature] } ?? computed[column.feature]
                let from: HTML =
                    if let view = column.view {
                        .pieces(
                            .link("/views/", name: view),
                            column.feature == column.name ? .nothing : .escaped(": " + column.feature))
                    } else {
                        feature?.expression.map { .code($0) }
                            ?? inPython[column.feature].map { .escaped("Python: " + $0) } ?? .nothing
                    }
                return [
                    .element("strong", column.name), .code(column.type.name), .orDash(feature?.unit), from,
                    .orDash(feature?.annotation.description),
                ]
            })
    }

    private var inputs: HTML {
        guard !service.request.isEmpty else { return .nothing }
        return .pieces(
            .element("h2", "Request inputs"),
            .table(["name", "type"], service.request.map { [.element("strong", $0.name), .code($0.type.name)] }))
    }

    /// A command that asks for one entity.
    private var example: String {
        CurlExample(
            place: place, service: service.name, keys: card.layout?.keys ?? [], inputs: service.request,
            hasToken: isLocked
        ).text
    }

    private var releases: HTML {
        .pieces(
            .element("h2", "Releases"),
            .table(
                ["number", "state", "fingerprint"],
                card.releases.reversed().map { release in
                    [
                        .escaped("\(release.number)"), .escaped(release.state.rawValue),
                        .code(release.release.fingerprint.short),
                    ]
                }))
    }
}
