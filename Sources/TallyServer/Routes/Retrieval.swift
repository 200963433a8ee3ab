// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The common part of the two routes for vectors: finding layouts, reading within limits and the deadline.
struct Retrieval {
    let book: CatalogueCache
    let reader: VectorReader
    let settings: ServerSettings
    let metrics: Metrics
    /// The lane for large answers.
    let lane: LargeLane

    /// An instant in quotes, and a comma.
    private static let bytesPerTime = 28

    /// The layout of a service's serving release.
    func layout(ofService name: String) throws(Refusal) -> CachedLayout {
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
    ) throws(Refusal) -> CachedLayout {
        let current = book.current
        let name = CachedCatalogue.LayoutName.features(Array(scanner.bytes[range]), isFull: isFull)
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

    /// Answers a request; once more where rows are gone that the release of the moment had, and another one serves by now.
    func byWhatServes(_ answer: () async throws(Refusal) -> Reply) async throws(Refusal) -> Reply {
        let asked = book.current
        do throws(Refusal) {
            return try await answer()
        } catch {
            guard case .failed(let failure) = error, failure.code == .notMaterialized, book.current !== asked else {
                throw error
            }
            return try await answer()
        }
    }

    /// Reads vectors and makes the answer of them, within the limits.
    ///
    /// How large the answer becomes is reckoned before anything is read, from entities and columns: memory is taken for it, and a
    /// large one is worked on beside all others. Texts and lists are counted as they are read. `echoes` columns are given back
    /// beside the features; each value takes about `bytesPerValue` bytes of the answer.
    func answer(
        _ prepared: CachedLayout, _ request: VectorRequest, _ stay: Stay, echoes: Int = 0, bytesPerValue: Int,
        _ make: (FeatureVectors) throws(Refusal) -> Reply
    ) async throws(Refusal) -> Reply {
        let count = request.keys.count
        let columns = prepared.layout.columns.count + echoes
        guard count <= settings.mostEntities, count * max(1, columns) <= settings.mostValues
        else {
            throw .misuse(
                "\(count) entities of \(columns) columns are too many for one request",
                help: "the limits are \(settings.mostEntities) entities and \(settings.mostValues) values: ask in parts"
            )
        }
        let work = prepared.layout.bytes(forEntities: count)
        let text = prepared.answerBytes + count * (columns * bytesPerValue + prepared.timeRows * Self.bytesPerTime)
        guard text >= settings.largeAnswerBytes else {
            return try await answer(prepared.layout, request, stay, work: work, text: text, make)
        }
        return try await lane.run(stay) { () async throws(Refusal) in
            try await answer(prepared.layout, request, stay, work: work, text: text, make)
        }
    }

    private func answer(
        _ layout: VectorLayout, _ request: VectorRequest, _ stay: Stay, work: Int, text: Int,
        _ make: (FeatureVectors) throws(Refusal) -> Reply
    ) async throws(Refusal) -> Reply {
        try stay.prepare(work: work, text: text)
        let vectors = try await read(layout, request, stay)
        // Only now it is known how long the texts are.
        guard stay.read >= settings.largeAnswerBytes else { return try make(vectors) }
        return try await lane.run(stay) { () async throws(Refusal) in try make(vectors) }
    }

    /// Reads vectors; only instants of the past can take long, because sources may have to be read for them.
    ///
    /// That is given up at the deadline, and when the client is gone.
    private func read(
        _ layout: VectorLayout, _ request: VectorRequest, _ stay: Stay
    ) async throws(Refusal) -> FeatureVectors {
        guard request.at != nil else { return try await readNow(layout, request, stay) }
        let departure = if let channel = stay.channel { await Departure.of(channel) } else { nil as Departure? }
        defer { departure?.end() }
        let isGone = departure.map { departure in { @Sendable () async in await departure.wait() } }
        return try await Deadline.run(settings.deadline, unless: isGone) { () async throws(Refusal) in
            try await readNow(layout, request, stay)
        }
    }

    private func readNow(
        _ layout: VectorLayout, _ request: VectorRequest, _ stay: Stay
    ) async throws(Refusal) -> FeatureVectors {
        do throws(TallyError) {
            return try await reader.read(layout, request, within: stay)
        } catch {
            // The rows of a release that serves no more are removed: look at once, not within a second. What cannot be looked
            // at is told by readiness.
            if error.code == .notMaterialized { try? await book.refresh() }
            throw stay.refusal ?? .failed(error)
        }
    }
}
