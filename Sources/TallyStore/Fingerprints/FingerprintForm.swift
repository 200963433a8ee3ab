// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The three JSON values whose digests are a definition's fingerprints; `docs/formats.md` describes them.
public struct FingerprintForm: Sendable, Hashable {
    /// The definition's part that determines the meaning of stored bytes.
    public let storage: JSON
    /// The storage fingerprint, and what changes values.
    public let value: JSON
    /// The value fingerprint, and what is promised.
    public let promise: JSON
    /// The digests of the three in canonical form.
    public let fingerprints: Fingerprints

    /// A reference from a form to others: the name of its member, and its value at each level.
    struct Reference {
        let name: String
        let at: (Fingerprints.Level) -> JSON

        /// One definition or part, by the fingerprint of the level; nil becomes null.
        static func one(_ name: String, _ target: Fingerprints?) -> Reference {
            Reference(name: name) { level in target.map { .string($0[level].hex) } ?? .null }
        }

        /// Returns the references of an expression: what each name in it stands for.
        static func operands(_ operands: [(name: String, fingerprints: Fingerprints)]) -> Reference {
            Reference(name: "operands") { level in
                .array(
                    operands.map { operand in
                        .object([
                            ("name", .string(operand.name)),
                            ("fingerprint", .string(operand.fingerprints[level].hex)),
                        ])
                    })
            }
        }

        /// Returns a reference to several forms, in order.
        static func list(_ name: String, _ targets: [Fingerprints]) -> Reference {
            Reference(name: name) { level in .array(targets.map { .string($0[level].hex) }) }
        }
    }

    /// Makes a form of the members that each level adds; references are part of every level.
    init(
        kind: String, storage: [(String, JSON)], value: [(String, JSON)] = [], promise: [(String, JSON)] = [],
        references: [Reference] = []
    ) {
        func object(_ level: Fingerprints.Level, _ members: [(String, JSON)]) -> JSON {
            .object(
                [("kind", .string(kind)), ("level", .string(level.rawValue))] + members
                    + references.map { ($0.name, $0.at(level)) })
        }
        let stored = object(.storage, [("semantics", .int(Int64(TallyVersion.semantics)))] + storage)
        let storedPrint = Fingerprint(of: stored)
        let valued = object(.value, [("storage", .string(storedPrint.hex))] + value)
        let valuedPrint = Fingerprint(of: valued)
        let promised = object(.promise, [("value", .string(valuedPrint.hex))] + promise)
        self.storage = stored
        self.value = valued
        self.promise = promised
        fingerprints = Fingerprints(
            storage: storedPrint, value: valuedPrint, promise: Fingerprint(of: promised))
    }
}
