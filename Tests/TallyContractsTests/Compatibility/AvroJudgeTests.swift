// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyContracts
import TallyModel
import TallyTesting
import Testing

/// Avro's own compatibility of readers and writers, for the changes that Avro can express.
@Suite struct AvroJudgeTests {
    /// A field in both languages.
    private struct Field {
        let column: SampleColumn
        let avro: JSON
    }

    private struct Pair {
        let name: String
        let old: [Field]
        let new: [Field]
        /// Why the answers differ on purpose: ours, backward and forward; nil where they must agree.
        var intended: (ours: (String, String), reason: String)?
    }

    private static let types: [(native: String, avro: JSON)] = [
        ("INTEGER", "int"), ("BIGINT", "long"), ("FLOAT", "float"), ("DOUBLE", "double"), ("VARCHAR", "string"),
        ("BLOB", "bytes"), ("BOOLEAN", "boolean"),
    ]

    /// A field that is required unless it may be null; what may be null has null as its default, as with us.
    private static func field(
        _ name: String, _ native: String, _ avro: JSON, nullable: Bool = false, default value: JSON? = nil,
        _ checks: (String, [String: JSON])...
    ) -> Field {
        var column = SampleColumn(name, physical: native, required: !nullable)
        column.checks = checks
        if let value { column.meaning["default"] = value }
        var members: [(String, JSON)] = [("name", .string(name)), ("type", nullable ? .array(["null", avro]) : avro)]
        if nullable { members.append(("default", .null)) } else if let value { members.append(("default", value)) }
        return Field(column: column, avro: .object(members))
    }

    private static func schema(_ fields: [Field]) -> JSON {
        .object([("type", "record"), ("name", "t"), ("fields", .array(fields.map(\.avro)))])
    }

    private static func symbols(_ values: [String], default value: String? = nil) -> Field {
        var members: [(String, JSON)] = [
            ("type", "enum"), ("name", "e"), ("symbols", .array(values.map { .string($0) })),
        ]
        if let value { members.append(("default", .string(value))) }
        let listed: JSON = .array(values.map { .string($0) })
        return field("x", "VARCHAR", .object(members), ("enum", ["values": listed]))
    }

    /// Promotions that Avro makes and that round: we do not.
    private static let lossy: [String: (ours: (String, String), reason: String)] = [
        "INTEGER -> FLOAT": (("no", "no"), "2^24 + 1 is no float32"),
        "FLOAT -> INTEGER": (("no", "no"), "2^24 + 1 is no float32"),
        "BIGINT -> FLOAT": (("no", "no"), "2^24 + 1 is no float32"),
        "FLOAT -> BIGINT": (("no", "no"), "2^24 + 1 is no float32"),
        "BIGINT -> DOUBLE": (("no", "no"), "2^53 + 1 is no float64"),
        "DOUBLE -> BIGINT": (("no", "no"), "2^53 + 1 is no float64"),
        "VARCHAR -> BLOB": (("no", "no"), "bytes are no text unless they are UTF-8"),
        "BLOB -> VARCHAR": (("no", "no"), "bytes are no text unless they are UTF-8"),
    ]

    private static let pairs: [Pair] = {
        var pairs: [Pair] = []
        for (old, oldType) in types {
            for (new, newType) in types {
                let name = "\(old) -> \(new)"
                pairs.append(
                    Pair(
                        name: name, old: [field("x", old, oldType)], new: [field("x", new, newType)],
                        intended: lossy[name]))
            }
        }
        let id = field("id", "BIGINT", "long")
        let plain = field("x", "DOUBLE", "double")
        let nullable = field("x", "DOUBLE", "double", nullable: true)
        let filled = field("x", "DOUBLE", "double", default: 0)
        let list = { (native: String, item: JSON) in
            field("x", native + "[]", .object([("type", "array"), ("items", item)]))
        }
        return pairs + [
            Pair(name: "add, no default", old: [id], new: [id, plain]),
            Pair(name: "add, default", old: [id], new: [id, filled]),
            Pair(name: "add, nullable", old: [id], new: [id, nullable]),
            Pair(name: "remove, no default", old: [id, plain], new: [id]),
            Pair(name: "remove, default", old: [id, filled], new: [id]),
            Pair(name: "remove, nullable", old: [id, nullable], new: [id]),
            Pair(name: "required to nullable", old: [id, plain], new: [id, nullable]),
            Pair(name: "nullable to required", old: [id, nullable], new: [id, plain]),
            Pair(name: "default changed", old: [id, filled], new: [id, field("x", "DOUBLE", "double", default: 7)]),
            Pair(name: "enum, added", old: [symbols(["a", "b"])], new: [symbols(["a", "b", "c"])]),
            Pair(name: "enum, removed", old: [symbols(["a", "b"])], new: [symbols(["a"])]),
            Pair(name: "enum, recoded", old: [symbols(["a", "b"])], new: [symbols(["b", "c"])]),
            Pair(
                name: "enum, added beside a default", old: [symbols(["a", "b"], default: "a")],
                new: [symbols(["a", "b", "c"], default: "a")],
                intended: (("yes", "no"), "a contract names no symbol that stands for unknown ones")),
            Pair(name: "list, wider", old: [list("INTEGER", "int")], new: [list("BIGINT", "long")]),
            Pair(name: "list, narrower", old: [list("BIGINT", "long")], new: [list("INTEGER", "int")]),
            Pair(name: "list, other", old: [list("BIGINT", "long")], new: [list("VARCHAR", "string")]),
            Pair(name: "renamed", old: [id, plain], new: [id, field("y", "DOUBLE", "double")]),
            Pair(
                name: "wider within a range",
                old: [field("x", "INTEGER", "int", ("range", ["minimum": 0, "maximum": 9]))],
                new: [field("x", "BIGINT", "long", ("range", ["minimum": 0, "maximum": 9]))],
                intended: (("yes", "yes"), "Avro knows no ranges")),
        ]
    }()

    @Test(.enabled(if: OutsideJudges.python != nil, Comment(rawValue: OutsideJudges.need)))
    func `Avro's readers and writers agree with us, but for the intended differences`() async throws {
        let judge = OutsideJudge(script: "avro-judge.py")
        let answers = try await judge.answers(
            Self.pairs.map { (Self.schema($0.old), Self.schema($0.new)) })
        for (pair, answer) in zip(Self.pairs, answers) {
            var (old, new) = (SampleContract(), SampleContract())
            old.columns = pair.old.map(\.column)
            new.columns = pair.new.map(\.column)
            let comparison = ContractComparison(old, new)
            let ours = (comparison.backward.word, comparison.forward.word)
            let theirs = (answer["backward"] == true ? "yes" : "no", answer["forward"] == true ? "yes" : "no")
            if let intended = pair.intended {
                #expect(ours == intended.ours, "\(pair.name)\n\(comparison.text)")
                #expect(ours != theirs, "\(pair.name): no difference any more")
            } else {
                #expect(ours == theirs, "\(pair.name)\n\(comparison.text)")
            }
        }
    }
}
