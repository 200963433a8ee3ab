// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

extension StoreSession {
    func join(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(json, of: "join", known: FrameJoin.members + ["output"])
        return try await store.join(try FrameJoin(request), output: try request.path("output")).json
    }
}

extension FrameJoin {
    /// The members of a request that describe a join.
    static let members = ["spine", "time", "sources", "known"]

    /// Reads the members of a request.
    init(_ request: CallRequest) throws(TallyError) {
        var tables: [Table] = []
        for source in try request.objects("sources", known: Table.members) { tables.append(try Table(source)) }
        self.init(
            spine: try request.path("spine"), timeColumn: try request.text("time") ?? "event_timestamp", tables: tables,
            ignoresKnownTime: try request.word("known", of: ["respect", "ignore"]) == "ignore")
    }
}

extension FrameJoin.Table {
    fileprivate static let members = [
        "name", "path", "keys", "eventTime", "timeless", "knownTime", "knownAfter", "timeToLive", "timeZone", "columns",
    ]

    fileprivate init(_ source: CallRequest) throws(TallyError) {
        var keys: [FrameJoin.Key] = []
        for key in try source.objects("keys", known: ["spine", "source"]) {
            let spine = try key.requiredText("spine")
            keys.append(FrameJoin.Key(spine: spine, source: try key.text("source") ?? spine))
        }
        let event = try source.text("eventTime")
        let known: Source.KnownTime =
            if let column = try source.text("knownTime") {
                .column(column)
            } else {
                try source.span("knownAfter").map { .after($0) } ?? .undeclared
            }
        self.init(
            name: try source.requiredText("name"), path: try source.path("path"), keys: keys,
            eventTime: try source.flag("timeless") ? .none : event.map { .column($0) } ?? .likeSpine, knownTime: known,
            timeToLive: try source.span("timeToLive"), timeZone: try source.text("timeZone") ?? "UTC",
            columns: source.value("columns") == nil ? nil : try source.texts("columns"))
    }
}

extension FeatureStore.JoinedFrames {
    /// An object: `manifest`, `definitions`, `features` and `leftOut`.
    var json: JSON {
        .object([
            ("manifest", manifest.json), ("definitions", .string(definitions)),
            (
                "features",
                .array(
                    features.map {
                        .object([
                            ("source", .string($0.table)), ("column", .string($0.column)),
                            ("feature", .string($0.feature)), ("type", .string($0.type.name)),
                        ])
                    })
            ),
            ("leftOut", .array(leftOut.map(\.json))),
        ])
    }
}

extension LeftOut {
    /// An object: `source`, `column` and `reason`.
    var json: JSON {
        .object([("source", .string(table)), ("column", .string(column)), ("reason", .string(reason))])
    }
}

extension StoreSession {
    func leaks(_ json: JSON) async throws(TallyError) -> JSON {
        let request = try CallRequest(
            json, of: "leaks", known: FrameJoin.members + ["label", "except", "columns", "samples", "output"])
        var origins: [LeakSearch.Origin] = []
        if request.value("columns") != nil {
            for origin in try request.objects("columns", known: ["column", "source", "origin"]) {
                origins.append(
                    LeakSearch.Origin(
                        column: try origin.requiredText("column"), table: try origin.requiredText("source"),
                        origin: try origin.requiredText("origin")))
            }
        }
        let search = LeakSearch(
            try FrameJoin(request), label: try request.text("label"), excepted: try request.texts("except"),
            origins: origins, samples: Int(try request.number("samples", in: 0...1_000) ?? 3),
            output: request.value("output") == nil ? nil : try request.path("output"))
        return try await store.findLeaks(search).json
    }
}
