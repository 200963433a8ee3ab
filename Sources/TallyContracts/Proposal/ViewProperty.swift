// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// One property of a feature view's contract: a key, the event time or a feature.
struct ViewProperty {
    let name: String
    let type: DataType
    /// The feature that it is; nil for a key or a time that is no feature.
    let feature: Feature?
    let source: Source
    /// The place in the primary key, from 1; nil for none.
    let key: Int?
    /// Whether it is a key that is no primary key, and never null all the same.
    var isRequired = false

    /// The property, members in the order in which people read them.
    var json: JSON {
        let (native, reaction) = nativePromises
        let others = (feature?.promises ?? []).filter { !native.contains($0) }
        var members: [(String, JSON)] = [("name", .string(name))]
        if let text = feature?.annotation.description { members.append(("description", .string(text))) }
        let logicalType = logicalType(native)
        if let logicalType {
            members.append(("logicalType", .string(logicalType.rawValue)))
        } else {
            members.append(("physicalType", .string(type.name)))
        }
        let options = options(native)
        if !options.isEmpty { members.append(("logicalTypeOptions", .object(options))) }
        if let key { members += [("primaryKey", .bool(true)), ("primaryKeyPosition", .int(Int64(key)))] }
        if isRequired { members.append(("required", .bool(true))) }
        for promise in native where !(isRequired && promise.check == "required") {
            switch promise.check {
            case "required", "unique": members.append((promise.check, .bool(true)))
            case "enum":
                let values = promise.arguments["values"]?.arrayValue ?? []
                members.append(("enum", .array(values.map { .object([("value", $0)]) })))
            default: break
            }
        }
        members += origin
        if let tags = feature?.annotation.tags, !tags.isEmpty { members.append(("tags", ContractWords.tags(tags))) }
        if !others.isEmpty { members.append(("quality", .array(others.map(ContractWords.rule)))) }
        let custom = custom(native, reaction, logicalType)
        if !custom.isEmpty { members.append(("customProperties", .array(custom))) }
        return .object(members)
    }

    /// The members that say from which source and expression the values come.
    private var origin: [(String, JSON)] {
        guard let feature else { return [] }
        var members: [(String, JSON)] = [("transformSourceObjects", .array([.string(source.name)]))]
        if let expression = feature.expression { members.append(("transformLogic", .string(expression))) }
        if feature.isStrict {
            members.append(("transformDescription", .string("What cannot be computed is an error, not a null.")))
        }
        return members
    }

    /// The promises that the standard has a word for at the property itself, and the reaction that they have in common.
    ///
    /// The reaction of a property is that of every promise about it that has none of its own, so a promise without one
    /// leaves no room for another's.
    private var nativePromises: (promises: [Promise], reaction: Reaction?) {
        let promises = feature?.promises ?? []
        let candidates = promises.filter { $0.severity == .error && isNative($0, promises) }
        let hasNone = promises.contains { $0.reaction == nil }
        let reaction = hasNone ? nil : candidates.first?.reaction
        var seen: Set<String> = []
        return (candidates.filter { $0.reaction == reaction && seen.insert($0.check).inserted }, reaction)
    }

    private func isNative(_ promise: Promise, _ all: [Promise]) -> Bool {
        let plain = logicalType([])
        switch promise.check {
        case "required", "enum": return true
        case "unique": return promise.arguments["columns"] == .array([.string(name)])
        case "range": return [.integer, .number, .date, .timestamp].contains(plain)
        case "multipleOf": return plain == .integer || plain == .number
        case "length", "pattern", "format": return plain == .string
        case "vector": return elementType != nil
        case "finite":
            // A vector is one only while its own promise stands at the property.
            let vector = all.first { $0.check == "vector" }
            return plain == .number
                || elementType != nil && vector?.severity == .error && vector?.reaction == promise.reaction
        default: return false
        }
    }

    /// The standard's word for the elements of a list of floats.
    private var elementType: String? {
        if case .array(let element) = type, element.isFloat { element.name } else { nil }
    }

    private func logicalType(_ native: [Promise]) -> LogicalType? {
        switch type {
        case .bool: .boolean
        case .int32, .int64: .integer
        case .float32, .float64: .number
        case .string: .string
        case .timestamp: .timestamp
        case .date: .date
        case .array: native.contains { $0.check == "vector" } ? .vector : .array
        case .bytes: nil
        }
    }

    private func options(_ native: [Promise]) -> [(String, JSON)] {
        let formats: [DataType: String] = [.int32: "i32", .int64: "i64", .float32: "f32", .float64: "f64"]
        var options: [(String, JSON)] = []
        if let format = formats[type] { options.append(("format", .string(format))) }
        for promise in native {
            let arguments = promise.arguments
            let names: [(String, String)]
            switch promise.check {
            case "range":
                names = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map { ($0, $0) }
            case "multipleOf": names = [("multipleOf", "value")]
            case "length": names = [("minLength", "minimum"), ("maxLength", "maximum")]
            case "pattern", "format": names = [(promise.check, promise.check)]
            case "vector":
                names = [("dimensions", "dimensions"), ("normalized", "normalized")]
                if let elementType { options.append(("elementType", .string(elementType))) }
            default: names = []
            }
            options += names.compactMap { option, argument in arguments[argument].map { (option, $0) } }
        }
        return options
    }

    private func custom(_ native: [Promise], _ reaction: Reaction?, _ logicalType: LogicalType?) -> [JSON] {
        var custom: [JSON] = []
        if let unit = feature?.unit { custom.append(ContractWords.vendor("unit", .string(unit))) }
        if let value = feature?.defaultValue { custom.append(ContractWords.vendor("default", value)) }
        if logicalType == .number || logicalType == .vector {
            // Without a word the standard's reader refuses both.
            let finite = native.first { $0.check == "finite" }?.arguments
            for (property, argument) in [("nanPolicy", "nan"), ("infPolicy", "infinity")] {
                let policy = finite.map { $0[argument] ?? .string("reject") } ?? .string("allow")
                custom.append(ContractWords.vendor(property, policy))
            }
        }
        if let reaction { custom.append(ContractWords.onViolation(reaction)) }
        return custom
    }
}
