// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The catalogue's entry about a service, for programs and for people.
struct ServiceCard {
    let service: FeatureService
    /// The releases ever recorded, by number.
    let releases: [RegisteredRelease]
    /// The layout of the serving release; nil while none serves.
    let layout: VectorLayout?
    /// The views that have to be filled before the applied version can serve.
    let missing: [String]

    init(_ service: FeatureService, in catalogue: ServingCatalogue) {
        self.service = service
        releases = catalogue.state.releases(of: service.name)
        layout = try? catalogue.layout(ofService: service.name)
        missing = service.selections.map(\.view).filter { !catalogue.isFilled($0) }
    }

    /// The release that answers.
    var serving: RegisteredRelease? { releases.last { $0.state == .serving } }

    /// Returns the cards of all services of a catalogue, by name.
    static func all(in catalogue: ServingCatalogue) -> [ServiceCard] {
        catalogue.definitions.services.values.sorted { $0.name < $1.name }.map { ServiceCard($0, in: catalogue) }
    }
}

extension ServiceCard {
    /// The service as an entry of a list.
    var summary: [(String, JSON)] {
        [
            ("name", .string(service.name)), ("owner", .optional(service.annotation.owner)),
            ("description", .optional(service.annotation.description)),
            ("views", .array(service.selections.map { .string($0.view) })),
            ("release", serving.map { ReleaseName($0).json } ?? .null),
            ("missing", .array(missing.map { .string($0) })),
        ]
    }

    /// The service with all that is declared and what its serving release answers with.
    var details: [(String, JSON)] {
        summary + [
            ("tags", service.annotation.tagsJSON), ("request", .array(service.request.map(\.json))),
            ("onDemand", .array(service.onDemand.map(\.json))),
            ("transforms", .array(service.transforms.map { .string($0) })),
            ("keys", layout.map { .array($0.keys.map(\.json)) } ?? .null),
            ("columns", layout.map { .array($0.columns.map(\.json)) } ?? .null),
            (
                "releases",
                .array(
                    releases.map { release in
                        .object([
                            ("number", .int(Int64(release.number))), ("state", .string(release.state.rawValue)),
                            ("fingerprint", .string(release.release.fingerprint.hex)),
                        ])
                    })
            ),
        ]
    }
}

extension FeatureVectors.Column {
    /// An object of names and type.
    var json: JSON {
        .object([
            ("name", .string(name)), ("view", .optional(view)), ("feature", .string(feature)),
            ("type", .string(type.name)),
        ])
    }
}
