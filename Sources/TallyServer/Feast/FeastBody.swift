// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// The body of `POST /get-online-features`, in Feast's words; unknown members are ignored, as Feast does.
struct FeastBody {
    private(set) var service: String?
    /// The range of the list of features.
    private(set) var features: Range<Int>?
    private var entities: Int?
    /// Whether names are `view__feature`.
    private(set) var isFull = false
    /// Whether the answer lists the views.
    private(set) var hasViewMetadata = false

    /// Reads all but the columns, which are only walked over.
    init(_ scanner: inout JSONScanner) throws(BodyProblem) {
        guard try scanner.enterObject() else { throw BodyProblem("expected an object") }
        var isFirst = true
        while let name = try scanner.nextMember(&isFirst) {
            do throws(BodyProblem) {
                try readMember(name, &scanner)
            } catch {
                throw error.inside(.member(name))
            }
        }
        try scanner.finish()
        guard entities != nil else { throw BodyProblem("Field required", at: [.member("entities")]) }
        guard service != nil || features != nil else { throw BodyProblem("Field required", at: [.member("features")]) }
    }

    private mutating func readMember(_ name: String, _ scanner: inout JSONScanner) throws(BodyProblem) {
        _ = try scanner.peek()
        switch name {
        case "feature_service": service = try scanner.takeNull() ? nil : try scanner.requireString()
        case "features": features = try scanner.skipValue()
        case "entities":
            entities = scanner.offset
            try scanner.skipValue()
        case "full_feature_names": isFull = try scanner.requireBool()
        case "include_feature_view_version_metadata": hasViewMetadata = try scanner.requireBool()
        default: try scanner.skipValue()
        }
    }

    /// The entities of a request: what the layout wants, and the columns to give back.
    struct Entities {
        let request: VectorRequest
        /// Join keys in the order of the request, with the values as it wrote them.
        let echoes: [(name: String, values: Range<Int>)]
    }

    /// Reads the columns: join keys, which are given back, and the request's inputs, which are not.
    ///
    /// A key may be named by its entity, and keys of other entities may be there, as in Feast.
    func entities(
        _ layout: VectorLayout, _ joinKeys: ByName<ColumnSchema>, _ scanner: inout JSONScanner, limit: Int
    ) throws(BodyProblem) -> Entities {
        var keys = ColumnSet(layout.keys)
        var inputs = ColumnSet(layout.inputs)
        var others: [Int] = []
        var echoes: [(name: String, values: Range<Int>)] = []
        // Of a column that comes twice the last one counts, and is given back once.
        func echo(_ name: String, _ values: Range<Int>) {
            if let known = echoes.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                echoes[known].values = values
            } else {
                echoes.append((name, values))
            }
        }
        scanner.offset = entities ?? 0
        guard try scanner.enterObject() else { throw BodyProblem("expected an object of lists") }
        var isFirst = true
        while let name = try scanner.nextMember(&isFirst) {
            _ = try scanner.peek()
            let start = scanner.offset
            if let index = inputs.index(of: name) {
                try inputs.read(index, &scanner, limit: limit)
            } else if let index = keys.index(of: name) ?? joinKeys[name].flatMap({ keys.index(of: $0.name) }) {
                try keys.read(index, &scanner, limit: limit)
                echo(keys.schema[index].name, start..<scanner.offset)
            } else if let key = joinKeys[name] {
                var other = ColumnSet([key])
                try other.read(0, &scanner, limit: limit)
                others += other.columns.compactMap { $0?.count }
                echo(key.name, start..<scanner.offset)
            } else {
                throw BodyProblem("is neither a join key nor a request input", at: [.member(name)])
            }
        }
        guard let count = keys.count ?? inputs.count ?? others.first else { throw BodyProblem("no entities") }
        guard others.allSatisfy({ $0 == count }) else { throw BodyProblem("columns of different lengths") }
        return Entities(
            request: VectorRequest(
                keys: try keys.batch(count: count, "join key"),
                inputs: try inputs.batch(count: count, "request input")),
            echoes: echoes)
    }
}
