// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `POST /v1/vectors`: values with statuses, event times, release and receipt.
struct VectorsRoute {
    let retrieval: Retrieval

    func answer(_ bytes: [UInt8], _ stay: Stay) async throws(Refusal) -> Reply {
        let (prepared, request) = try read(bytes)
        return try await retrieval.answer(
            prepared, request, stay, bytesPerValue: VectorsAnswer.bytesPerValue
        ) { (vectors) throws(Refusal) in
            let answer = try VectorsAnswer(prepared, vectors, stay)
            retrieval.metrics.add(answer.served)
            return .json(200, answer.body)
        }
    }

    private func read(_ bytes: [UInt8]) throws(Refusal) -> (CachedLayout, VectorRequest) {
        var scanner = try Refusal.ofBody { () throws(BodyProblem) in try JSONScanner(bytes) }
        let body = try Refusal.ofBody { () throws(BodyProblem) in try VectorsBody(&scanner) }
        let prepared =
            if let service = body.service {
                try retrieval.layout(ofService: service)
            } else {
                try retrieval.layout(ofFeatures: body.features ?? 0..<0, &scanner, isFull: nil)
            }
        let limit = retrieval.settings.mostEntities
        let request = try Refusal.ofBody { () throws(BodyProblem) in
            try body.vectorRequest(prepared.layout, &scanner, limit: limit)
        }
        return (prepared, request)
    }
}
