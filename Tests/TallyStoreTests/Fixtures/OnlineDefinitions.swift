// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// One source, one view and one service over it, with a knob for whatever a test changes.
struct OnlineDefinitions {
    var key = ColumnSchema(name: "id", type: .int64)
    /// The key's column as the files have it; nil when it has the key's own type.
    var keyColumn: ColumnSchema?
    var location = Source.Location.files(path: "events/*.parquet", format: .parquet)
    var eventTime: String? = "at"
    var knownTime = Source.KnownTime.after(.zero)
    var timeToLive: TimeSpan?
    var features = [Feature(name: "v", type: .int64), Feature(name: "w", type: .float64)]
    var items: [FeatureService.Selection.Item]?
    var request: [ColumnSchema] = []
    var onDemand: [Feature] = []
    var annotation = Annotation()
    var hasService = true
    /// Views and their selections beside the first one; their sources and entities.
    var moreViews: [FeatureView] = []
    var moreSelections: [FeatureService.Selection] = []
    var moreEntities: [Entity] = []
    var moreSources: [Source] = []
    var moreServices: [FeatureService] = []

    var source: Source {
        Source(name: "events", location: location, eventTime: eventTime, knownTime: knownTime)
    }

    var set: DefinitionSet {
        let columns = [
            keyColumn ?? key, ColumnSchema(name: "at", type: .timestamp), ColumnSchema(name: "seen", type: .timestamp),
            ColumnSchema(name: "v", type: .int64), ColumnSchema(name: "w", type: .float64),
            ColumnSchema(name: "s", type: .string),
        ]
        let view = FeatureView(
            name: "activity", entities: ["user"], source: "events", timeToLive: timeToLive, features: features,
            annotation: annotation)
        let service = FeatureService(
            name: "model",
            selections: [FeatureService.Selection(view: "activity", items: items)] + moreSelections, request: request,
            onDemand: onDemand)
        let sources = [source] + moreSources
        return DefinitionSet(
            project: Project(name: "tests"), entities: [Entity(name: "user", joinKeys: [key])] + moreEntities,
            sources: sources, views: [view] + moreViews, services: (hasService ? [service] : []) + moreServices,
            sourceColumns: Dictionary(
                uniqueKeysWithValues: sources.map { source in
                    (source.name, columns + moreEntities.flatMap(\.joinKeys).filter { $0 != key })
                }))
    }

    static func changed(_ change: (inout OnlineDefinitions) -> Void) -> OnlineDefinitions {
        var definitions = OnlineDefinitions()
        change(&definitions)
        return definitions
    }
}
