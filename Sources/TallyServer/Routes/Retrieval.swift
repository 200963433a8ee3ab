// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// What the two routes for vectors share: finding layouts, reading within limits and the deadline.
struct Retrieval {
    let book: CatalogueBook
    let reader: VectorReader
    let settings: ServerSettings
    let metrics: Metrics

    /// The layout of a service's serving release.
    func layout(ofService name: String) throws(Refusal) -> PreparedLayout {
        guard name.utf8.count <= settings.longestNameBytes else {
            throw .misuse(
                "a name of \(name.utf8.count) bytes is too long: the limit is \(settings.longestNameBytes)")
        }
        return try Refusal.ofFailure { () throws(TallyError) in
            try book.current.layout(.service(name)) { (catalogue) throws(TallyError) in
                try catalogue.layout(ofService: name)
            }
        }
    }

    /// The layout of a list of features in a body.
    ///
    /// Columns are named by the text asked for; by the feature, or by `view__feature`, where `isFull` says so.
    func layout(
        ofFeatures range: Range<Int>, _ scanner: inout JSONScanner, isFull: Bool?
    ) throws(Refusal) -> PreparedLayout {
        let current = book.current
        let name = PreparedCatalogue.LayoutName.features(Array(scanner.bytes[range]), isFull: isFull)
        if let known = current.known(name) { return known }
        let wanted = try Refusal.ofBody { () throws(BodyProblem) in
            try FeatureName.list(
                &scanner, at: range, limit: settings.mostFeatures, longest: settings.longestNameBytes)
        }
        return try Refusal.ofFailure { () throws(TallyError) in
            try current.layout(name) { (catalogue) throws(TallyError) in
                try catalogue.layout(
                    ofFeatures: wanted.map { name in
                        (name.view, name.feature, isFull == nil ? name.view + ":" + name.feature : name.feature)
                    })
            }
        }
    }

    /// Reads vectors; only instants of the past can take long, because sources may have to be read for them.
    ///
    /// `echoes` columns are given back beside the features.
    func read(
        _ prepared: PreparedLayout, _ request: VectorRequest, echoes: Int = 0
    ) async throws(Refusal) -> FeatureVectors {
        let count = request.keys.count
        let columns = prepared.layout.columns.count + echoes
        guard count <= settings.mostEntities, count * max(1, columns) <= settings.mostValues
        else {
            throw .misuse(
                "\(count) entities of \(columns) columns are too many for one request",
                help: "the limits are \(settings.mostEntities) entities and \(settings.mostValues) values: ask in parts"
            )
        }
        guard request.at != nil else { return try await readNow(prepared.layout, request) }
        return try await Deadline.run(settings.deadline) { () async throws(Refusal) in
            try await readNow(prepared.layout, request)
        }
    }

    private func readNow(_ layout: VectorLayout, _ request: VectorRequest) async throws(Refusal) -> FeatureVectors {
        do throws(TallyError) {
            return try await reader.read(layout, request)
        } catch {
            throw .failed(error)
        }
    }
}
