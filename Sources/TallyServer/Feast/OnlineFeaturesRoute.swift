// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `POST /get-online-features`: what a Feast client asks, answered in Feast's shapes.
struct OnlineFeaturesRoute {
    let retrieval: Retrieval

    func answer(_ bytes: [UInt8], _ stay: Stay) async throws(Refusal) -> Reply {
        try await retrieval.byWhatServes { () async throws(Refusal) in try await answerOnce(bytes, stay) }
    }

    private func answerOnce(_ bytes: [UInt8], _ stay: Stay) async throws(Refusal) -> Reply {
        var scanner = try Refusal.ofBody { () throws(BodyProblem) in try JSONScanner(bytes) }
        let body = try Refusal.ofBody { () throws(BodyProblem) in try FeastBody(&scanner) }
        let prepared = try layout(body, &scanner)
        let joinKeys = retrieval.book.current.joinKeys
        let limit = retrieval.settings.mostEntities
        let entities = try Refusal.ofBody { () throws(BodyProblem) in
            do throws(BodyProblem) {
                return try body.entities(prepared.layout, joinKeys, &scanner, limit: limit)
            } catch {
                throw error.inside(.member("entities"))
            }
        }
        return try await retrieval.answer(
            prepared, entities.request, stay, echoes: entities.echoes.count, bytesPerValue: FeastAnswer.bytesPerValue
        ) { (vectors) throws(Refusal) in
            let answer = try FeastAnswer(prepared, vectors, body, echoes: entities.echoes, of: bytes, stay)
            retrieval.metrics.add(answer.served)
            return .json(200, answer.body)
        }
    }

    private func layout(_ body: FeastBody, _ scanner: inout JSONScanner) throws(Refusal) -> CachedLayout {
        if let service = body.service { return try retrieval.layout(ofService: service) }
        do throws(Refusal) {
            return try retrieval.layout(ofFeatures: body.features ?? 0..<0, &scanner, isFull: body.isFull)
        } catch {
            // Feast answers 404 for an unknown view, and its 500 for an unknown feature of a known one is our 422.
            guard case .failed(let failure) = error, failure.code == .notFound,
                !failure.message.hasPrefix("there is no feature view")
            else { throw error }
            throw .misuse(failure.message, help: failure.help)
        }
    }
}
