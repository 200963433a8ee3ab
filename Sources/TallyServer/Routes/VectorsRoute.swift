// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// `POST /v1/vectors`: values with statuses, event times, release and receipt.
struct VectorsRoute {
    let retrieval: Retrieval

    /// Answers as JSON, or as an IPC stream of Arrow to a client that names it.
    func answer(_ bytes: [UInt8], _ stay: Stay, accepting fields: [String]) async throws(Refusal) -> Reply {
        try await retrieval.byWhatServes { () async throws(Refusal) in
            try await answerOnce(bytes, stay, accepting: fields)
        }
    }

    private func answerOnce(
        _ bytes: [UInt8], _ stay: Stay, accepting fields: [String]
    ) async throws(Refusal) -> Reply {
        let (prepared, request) = try read(bytes)
        guard !AcceptField.prefers(ArrowStream.contentType, in: fields) else {
            return try await retrieval.answer(
                prepared, request, stay, echoes: request.keys.schema.count, bytesPerValue: VectorsArrow.bytesPerValue
            ) { (vectors) throws(Refusal) in
                let answer = try VectorsArrow(prepared, request.keys, vectors, stay)
                retrieval.metrics.add(answer.served)
                return Reply(status: 200, contentType: ArrowStream.contentType, body: answer.body)
            }
        }
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
