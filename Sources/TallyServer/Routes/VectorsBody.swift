// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The body of `POST /v1/vectors`: what is asked for, and where the columns are, which are read once types are known.
struct VectorsBody {
    private(set) var service: String?
    /// The range of the list of features.
    private(set) var features: Range<Int>?
    private var entities: Int?
    private var request: Int?
    private(set) var at: Timestamp?

    /// Reads all but the columns, which are only walked over.
    init(_ scanner: inout JSONScanner) throws(BodyProblem) {
        guard try scanner.enterObject() else { throw BodyProblem("expected an object") }
        var seen: [String] = []
        var isFirst = true
        while let name = try scanner.nextMember(&isFirst) {
            guard !seen.contains(name) else { throw BodyProblem("comes twice", at: [.member(name)]) }
            seen.append(name)
            do throws(BodyProblem) {
                try readMember(name, &scanner)
            } catch {
                throw error.inside(.member(name))
            }
        }
        try scanner.finish()
        guard (service == nil) != (features == nil) else {
            throw BodyProblem("expected either `service` or `features`")
        }
        guard entities != nil else { throw BodyProblem("`entities` is missing") }
    }

    private mutating func readMember(_ name: String, _ scanner: inout JSONScanner) throws(BodyProblem) {
        _ = try scanner.peek()
        switch name {
        case "service": service = try scanner.requireString()
        case "features": features = try scanner.skipValue()
        case "entities":
            entities = scanner.offset
            try scanner.skipValue()
        case "request":
            request = scanner.offset
            try scanner.skipValue()
        case "at":
            if try scanner.takeNull() { return }
            guard let time = Timestamp(try scanner.requireString()) else {
                throw BodyProblem("expected an instant as RFC 3339 with an offset, such as 2013-12-31T00:00:00Z")
            }
            at = time
        default: throw BodyProblem("is no member of a request: service, features, entities, request, at")
        }
    }

    /// The entities and inputs, as the layout wants them.
    func vectorRequest(
        _ layout: VectorLayout, _ scanner: inout JSONScanner, limit: Int
    ) throws(BodyProblem) -> VectorRequest {
        let keys = try Self.columns(layout.keys, "join key", "entities", entities, &scanner, limit)
        let inputs = try Self.columns(layout.inputs, "request input", "request", request, &scanner, limit)
        guard let count = keys.count ?? inputs.count else {
            throw BodyProblem("no entities", at: [.member("entities")])
        }
        return VectorRequest(
            keys: try Self.batch(keys, count, "join key", "entities"),
            inputs: try Self.batch(inputs, count, "request input", "request"), at: at)
    }

    private static func batch(
        _ set: ColumnSet, _ count: Int, _ what: String, _ member: String
    ) throws(BodyProblem) -> Batch {
        do throws(BodyProblem) {
            return try set.batch(count: count, what)
        } catch {
            throw error.inside(.member(member))
        }
    }

    private static func columns(
        _ schema: [ColumnSchema], _ what: String, _ member: String, _ offset: Int?, _ scanner: inout JSONScanner,
        _ limit: Int
    ) throws(BodyProblem) -> ColumnSet {
        var set = ColumnSet(schema)
        guard let offset else { return set }
        scanner.offset = offset
        do throws(BodyProblem) {
            guard try scanner.enterObject() else { throw BodyProblem("expected an object of lists") }
            var isFirst = true
            while let name = try scanner.nextMember(&isFirst) {
                guard let index = set.index(of: name) else {
                    let known = schema.map(\.name).joined(separator: ", ")
                    throw BodyProblem("is no \(what) of this vector; it takes \(known.isEmpty ? "none" : known)")
                        .inside(.member(name))
                }
                guard set.columns[index] == nil else { throw BodyProblem("comes twice", at: [.member(name)]) }
                try set.read(index, &scanner, limit: limit)
            }
        } catch {
            throw error.inside(.member(member))
        }
        return set
    }
}
