// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

extension ContractTable {
    /// The logical types of a version.
    var logicalTypes: [String] {
        let types = ["string", "date", "number", "integer", "object", "array", "boolean"]
        return types + (standard >= .v31 ? ["timestamp", "time"] : []) + (standard >= .v32 ? ["map", "vector"] : [])
    }

    /// A property of an object, or, without a name, what a list or a map holds.
    ///
    /// The published schemas tie `items`, `properties` and the options to the logical type, and their conditions hold for
    /// a property that has none: it may have both `items` and `properties`, and no option at all.
    func property(_ written: JSON, isItem: Bool) -> ContractRule {
        let type = written["logicalType"]
        let name = type?.stringValue
        var keys: Keys =
            element + [
                ("primaryKey", .truth), ("primaryKeyPosition", .whole(atLeast: nil)),
                ("logicalType", .word(logicalTypes)),
                ("logicalTypeOptions", .part(.options(of: type == nil ? nil : name ?? ""))), ("physicalName", .text),
                ("required", .truth), ("unique", .truth), ("partitioned", .truth),
                ("partitionKeyPosition", .whole(atLeast: nil)), ("classification", .text), ("encryptedName", .text),
                ("transformSourceObjects", .texts), ("transformLogic", .text), ("transformDescription", .text),
                ("examples", .list(.any)), ("criticalDataElement", .truth), ("quality", .list(.part(.quality))),
            ]
        keys += since(.v31, [("relationships", .list(.part(.relationship(isOfProperty: true))))])
        keys += since(
            .v32,
            [
                ("semanticType", .word(["column", "measure", "dimension"])),
                ("enum", .list(.part(.enumValue), .init(atLeast: 1, isUnique: true))),
            ])
        let isUntyped = type == nil
        if isUntyped || name == "object" || (isItem && standard == .v30) {
            keys.append(("properties", .list(.part(.property))))
        }
        var required = isItem ? [] : ["name"]
        if isUntyped || name == "array" { keys.append(("items", .part(.item))) }
        if standard >= .v32, name == "map" {
            keys.append(("map", .part(.map)))
            required.append("map")
        }
        if standard >= .v32, name == "vector" { required.append("logicalTypeOptions") }
        return ContractRule(subject: isItem ? "an item" : "a property", keys: keys, required: required)
    }

    /// The options of a logical type.
    func options(_ type: String?) -> ContractRule {
        let subject = type.map { "the options of \($0)" } ?? "the options of a property without logicalType"
        func rule(_ keys: Keys, _ required: [String] = []) -> ContractRule {
            ContractRule(subject: subject, keys: keys, required: required)
        }
        switch type {
        case nil: return rule([])
        case "string":
            return rule([("minLength", .count), ("maxLength", .count), ("pattern", .text), ("format", .text)])
        case "date": return rule([("format", .text)] + bounds(.text))
        case "timestamp", "time":
            guard standard >= .v31 else { return ContractRule(subject: subject, keys: [], isOpen: true) }
            return rule([("format", .text)] + bounds(.text) + [("timezone", .truth), ("defaultTimezone", .text)])
        case "integer":
            let widths = ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"]
            return rule(numberOptions + [("format", .word(widths))])
        case "number": return rule(numberOptions + [("format", .word(["f32", "f64"]))])
        case "object":
            return rule([
                ("maxProperties", .count), ("minProperties", .count),
                ("required", .list(.text, .init(atLeast: 1, isUnique: true))),
            ])
        case "array": return rule([("maxItems", .count), ("minItems", .count), ("uniqueItems", .truth)])
        case "vector" where standard >= .v32: return rule(vectorOptions, ["dimensions"])
        default: return ContractRule(subject: subject, keys: [], isOpen: true)
        }
    }

    private var numberOptions: Keys { [("multipleOf", .number(isPositive: true))] + bounds(.anyNumber) }

    /// Returns the keys of bounds; in 3.0 the exclusive ones are flags on the others.
    private func bounds(_ shape: ContractShape) -> Keys {
        let exclusive = standard == .v30 ? ContractShape.truth : shape
        return [
            ("maximum", shape), ("exclusiveMaximum", exclusive), ("minimum", shape), ("exclusiveMinimum", exclusive),
        ]
    }

    private var vectorOptions: Keys {
        [
            ("dimensions", .whole(atLeast: 1)),
            ("elementType", .word(["bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"])),
            ("distanceMetric", .word(["cosine", "dotProduct", "euclidean", "hamming", "manhattan"])),
            ("embeddingModel", .text), ("embeddingModelVersion", .text), ("normalized", .truth),
        ]
    }
}
