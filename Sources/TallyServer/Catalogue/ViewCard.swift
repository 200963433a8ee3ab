// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The age of a view's data, compared with its promise (SEMANTICS 11).
enum Freshness: String {
    /// The data is younger than the time to live.
    case kept
    /// The data is older than the time to live: every value is outside its age.
    case broken
    /// Nothing is promised, or nothing is stored.
    case unproven
}

/// The catalogue's entry about a view, for programs and for people.
struct ViewCard {
    let view: FeatureView
    let keys: [ColumnSchema]
    let fingerprints: Fingerprints
    /// The stored generation of the version that is served.
    let generation: OnlineGeneration?
    /// Whether the version that is served is the applied one.
    let isCurrent: Bool
    /// The services whose definition names the view.
    let services: [String]
    /// From the known time the view was filled up to until now.
    let age: TimeSpan?

    init(_ served: ServedView, in catalogue: ServingCatalogue, now: Timestamp) {
        view = served.compiled.view
        keys = served.compiled.joinKeys
        fingerprints = served.fingerprints
        generation = catalogue.generations[served.fingerprints.storage]
        isCurrent = catalogue.state[.view(view.name)]?.node.fingerprints == served.fingerprints
        let name = view.name
        services = catalogue.definitions.services.values
            .filter { $0.selections.contains { $0.view == name } }.map(\.name).sorted()
        // An instant ahead of the fill says nothing about what had arrived by then.
        age = generation.map { Self.age(of: min($0.until, $0.filledAt), now) }
    }

    private static func age(of until: Timestamp, _ now: Timestamp) -> TimeSpan {
        let (age, overflow) = now.microseconds.subtractingReportingOverflow(until.microseconds)
        return TimeSpan(microseconds: overflow ? .max : max(0, age))
    }

    /// The age compared with the time to live.
    var freshness: Freshness {
        guard let age, let limit = view.timeToLive else { return .unproven }
        return age <= limit ? .kept : .broken
    }

    /// Returns the cards of all views of a catalogue, by name.
    static func all(in catalogue: ServingCatalogue, now: Timestamp) -> [ViewCard] {
        catalogue.definitions.views.keys.sorted().compactMap { name in
            (try? catalogue.view(name)).map { ViewCard($0, in: catalogue, now: now) }
        }
    }
}

extension ViewCard {
    /// The view as an entry of a list.
    var summary: [(String, JSON)] {
        [
            ("name", .string(view.name)), ("owner", .optional(view.annotation.owner)),
            ("description", .optional(view.annotation.description)),
            ("keys", .array(keys.map(\.json))), ("timeToLive", .optional(view.timeToLive?.description)),
            ("freshness", .string(freshness.rawValue)),
            ("ageSeconds", age.map { .int($0.microseconds / 1_000_000) } ?? .null),
            ("generation", generation.map(Self.json) ?? .null), ("isCurrent", .bool(isCurrent)),
            ("services", .array(services.map { .string($0) })),
        ]
    }

    /// The view with all that is declared.
    var details: [(String, JSON)] {
        summary + [
            ("source", .string(view.source)), ("entities", .array(view.entities.map { .string($0) })),
            ("tags", view.annotation.tagsJSON), ("features", .array(view.features.map(\.json))),
            ("fingerprints", fingerprints.json),
        ]
    }

    private static func json(_ generation: OnlineGeneration) -> JSON {
        .object([
            ("number", .int(Int64(generation.number))), ("until", .string(generation.until.description)),
            ("horizon", generation.horizon == .distantPast ? .null : .string(generation.horizon.description)),
            ("filledAt", .string(generation.filledAt.description)), ("keys", .int(Int64(generation.keys))),
        ])
    }
}

extension ColumnSchema {
    /// An object of name and type.
    var json: JSON { .object([("name", .string(name)), ("type", .string(type.name))]) }
}

extension Feature {
    /// An object of all that is declared.
    var json: JSON {
        .object([
            ("name", .string(name)), ("type", .string(type.name)), ("unit", .optional(unit)),
            ("description", .optional(annotation.description)), ("owner", .optional(annotation.owner)),
            ("expression", .optional(expression)),
        ])
    }
}

extension Annotation {
    /// The tags as an object, by name.
    var tagsJSON: JSON {
        .object(tags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
}
