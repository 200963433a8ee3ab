// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `POST /materialize` and `POST /materialize-incremental`.
///
/// Every run is incremental by the difference between snapshots, which misses no late file. So `start_ts` decides nothing:
/// it has to be an instant that is not after `end_ts`, and that is all.
struct MaterializeRoute {
    let desk: MaterializationDesk
    let book: CatalogueCache
    let settings: ServerSettings
    /// Whether `end_ts` has to be there.
    let isIncremental: Bool

    func answer(_ bytes: [UInt8], _ stay: Stay, isLater: Bool) async throws(Refusal) -> Reply {
        let body = try Refusal.ofBody { () throws(BodyProblem) in
            var scanner = try JSONScanner(bytes)
            return try MaterializeBody(&scanner, settings, needsEnd: isIncremental)
        }
        let catalogue = book.current.catalogue
        for name in body.views {
            _ = try Refusal.ofFailure { () throws(TallyError) in try catalogue.view(name) }
        }
        let views = body.views.isEmpty ? catalogue.definitions.views.keys.sorted() : body.views
        let request = MaterializationRequest(views: views, until: body.end)
        if isLater {
            try desk.runLater(request)
            return .json(
                202,
                .object([("status", .string("accepted")), ("feature_views", .array(views.map { .string($0) }))]))
        }
        try await desk.runNow(request, stay)
        return .json(200, .null)
    }
}

/// The body of both routes, in Feast's words; unknown members are ignored.
struct MaterializeBody {
    private var start: Timestamp?
    private(set) var end: Timestamp?
    private(set) var views: [String] = []

    init(_ scanner: inout JSONScanner, _ settings: ServerSettings, needsEnd: Bool) throws(BodyProblem) {
        guard try scanner.enterObject() else { throw BodyProblem("expected an object") }
        var isFirst = true
        while let name = try scanner.nextMember(&isFirst) {
            do throws(BodyProblem) {
                switch name {
                case "start_ts": start = try Self.readTime(&scanner)
                case "end_ts": end = try Self.readTime(&scanner)
                case "feature_views":
                    views =
                        try scanner.takeNull()
                        ? []
                        : try scanner.requireStrings(
                            limit: settings.mostFeatures, longest: settings.longestNameBytes)
                default: try scanner.skipValue()
                }
            } catch {
                throw error.inside(.member(name))
            }
        }
        try scanner.finish()
        if needsEnd, end == nil { throw BodyProblem("Field required", at: [.member("end_ts")]) }
        if let start, let end, start > end {
            throw BodyProblem("lies after end_ts", at: [.member("start_ts")])
        }
    }

    /// An instant; without an offset it is UTC, as Feast takes it, and without a time midnight.
    private static func readTime(_ scanner: inout JSONScanner) throws(BodyProblem) -> Timestamp? {
        if try scanner.takeNull() { return nil }
        let text = try scanner.requireString()
        if let time = Timestamp(text) ?? Timestamp(text + "Z") ?? Timestamp(text + "T00:00:00Z") { return time }
        throw BodyProblem("expected an instant in the form of ISO 8601")
    }
}
