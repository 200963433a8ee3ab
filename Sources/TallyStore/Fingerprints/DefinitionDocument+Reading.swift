// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reads back what `DefinitionDocument` wrote, so that a release can answer long after the files say something else.
///
/// What was read is written once more and has to be the same document: a damaged one, or one with members that this version
/// does not know, is never taken for another definition.
extension DefinitionDocument {
    static func entity(_ json: JSON) -> Entity? { read(json, as: readEntity) { entity, _ in of(entity) } }

    static func source(_ json: JSON) -> Source? {
        read(json, as: readSource) { of($0, contract: contract(json), reads: $1) }
    }

    /// The contract that a source's document holds; nil when it holds none.
    static func contract(_ json: JSON) -> Contract? { json["promised"].flatMap { Contract(json: $0) } }

    static func view(_ json: JSON) -> FeatureView? { read(json, as: readView, of) }

    static func transform(_ json: JSON) -> PythonTransform? {
        read(json, as: readTransform) { transform, _ in of(transform) }
    }

    static func service(_ json: JSON) -> FeatureService? { read(json, as: readService, of) }

    private static func read<Output>(
        _ json: JSON, as reading: (JSON) -> Output?, _ writing: (Output, [ColumnSchema]) -> JSON
    ) -> Output? {
        guard let output = reading(json), let reads = reads(json) else { return nil }
        return writing(output, reads).canonicalText.utf8.elementsEqual(json.canonicalText.utf8) ? output : nil
    }

    private static func readEntity(_ json: JSON) -> Entity? {
        guard let name = json["name"]?.stringValue, let keys = columns(json["joinKeys"]) else { return nil }
        return Entity(name: name, joinKeys: keys, annotation: annotation(json))
    }

    private static func readSource(_ json: JSON) -> Source? {
        guard let name = json["name"]?.stringValue, let zone = json["timeZone"]?.stringValue else { return nil }
        let location: Source.Location
        if let query = json["query"]?.stringValue {
            location = .query(query)
        } else if let path = json["path"]?.stringValue,
            let format = json["format"]?.stringValue.flatMap({ Source.FileFormat(rawValue: $0) })
        {
            location = .files(path: path, format: format)
        } else {
            return nil
        }
        let known: Source.KnownTime
        if let column = json["knownTime"]?.stringValue {
            known = .column(column)
        } else if let after = json["knownAfter"]?.stringValue {
            guard let span = TimeSpan(after) else { return nil }
            known = .after(span)
        } else {
            known = .undeclared
        }
        return Source(
            name: name, location: location, eventTime: json["eventTime"]?.stringValue, knownTime: known,
            timeZone: zone, columns: json["columns"].flatMap(columns),
            text: json["text"].flatMap(TextOptions.init(json:)) ?? .plain, contract: json["contract"]?.stringValue,
            partitions: json["partitions"]?.stringValue.flatMap { Source.Partitions(rawValue: $0) },
            firstSeen: json["firstSeen"]?.stringValue.flatMap { Source.FirstSeen(rawValue: $0) } ?? .recorded,
            history: json["history"]?.stringValue.flatMap { Source.History(rawValue: $0) } ?? .files,
            annotation: annotation(json))
    }

    private static func readView(_ json: JSON) -> FeatureView? {
        guard let name = json["name"]?.stringValue, let source = json["source"]?.stringValue,
            let entities = json["entities"]?.arrayValue, let features = json["features"]?.arrayValue
        else { return nil }
        let timeToLive = json["timeToLive"]?.stringValue.flatMap { TimeSpan($0) }
        guard (json["timeToLive"] == nil) == (timeToLive == nil) else { return nil }
        let read = features.compactMap(feature)
        guard read.count == features.count, let promises = promises(json) else { return nil }
        return FeatureView(
            name: name, entities: entities.compactMap(\.stringValue), source: source, timeToLive: timeToLive,
            features: read, promises: promises, annotation: annotation(json))
    }

    private static func promises(_ json: JSON) -> [Promise]? {
        let written = json["promise"]?.arrayValue ?? []
        let read = written.compactMap { Promise(json: $0) }
        return read.count == written.count ? read : nil
    }

    private static func readTransform(_ json: JSON) -> PythonTransform? {
        guard let name = json["name"]?.stringValue, let source = json["source"]?.stringValue,
            let sha256 = json["sha256"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let function = json["function"]?.stringValue,
            let mode = json["mode"]?.stringValue.flatMap({ PythonTransform.Mode(rawValue: $0) }),
            let inputs = columns(json["inputs"]), let outputs = columns(json["outputs"])
        else { return nil }
        let written = json["requirements"]?.arrayValue ?? []
        let requirements = written.compactMap { $0.stringValue.flatMap(PythonTransform.Requirement.init) }
        guard requirements.count == written.count else { return nil }
        return PythonTransform(
            name: name, inputs: inputs, outputs: outputs, source: source, sha256: sha256.hex, function: function,
            mode: mode, requirements: requirements, annotation: annotation(json))
    }

    private static func readService(_ json: JSON) -> FeatureService? {
        guard let name = json["name"]?.stringValue, let selections = json["features"]?.arrayValue else { return nil }
        let read = selections.compactMap(selection)
        let expressions = json["onDemand"]?.arrayValue ?? []
        let onDemand = expressions.compactMap(feature)
        guard read.count == selections.count, onDemand.count == expressions.count,
            let request = json["request"].map(columns) ?? []
        else { return nil }
        let declared = json["label"]
        let label = declared.flatMap(label)
        guard (declared == nil) == (label == nil) else { return nil }
        return FeatureService(
            name: name, selections: read, request: request, onDemand: onDemand,
            transforms: json["transforms"]?.arrayValue?.compactMap(\.stringValue) ?? [], label: label,
            annotation: annotation(json))
    }

    /// The columns under `reads`, with the types they had in the files; nil when one has no type.
    static func reads(_ json: JSON) -> [ColumnSchema]? {
        let members = json["reads"]?.objectValue ?? []
        let read = members.compactMap { member in
            member.value.stringValue.flatMap { DataType(name: $0) }.map { ColumnSchema(name: member.name, type: $0) }
        }
        return read.count == members.count ? read : nil
    }

    private static func columns(_ json: JSON?) -> [ColumnSchema]? {
        guard let elements = json?.arrayValue else { return nil }
        let read = elements.compactMap { element -> ColumnSchema? in
            guard let name = element["name"]?.stringValue,
                let type = element["type"]?.stringValue.flatMap({ DataType(name: $0) })
            else { return nil }
            return ColumnSchema(name: name, type: type)
        }
        return read.count == elements.count ? read : nil
    }

    private static func feature(_ json: JSON) -> Feature? {
        guard let name = json["name"]?.stringValue,
            let type = json["type"]?.stringValue.flatMap({ DataType(name: $0) }), let promises = promises(json)
        else { return nil }
        return Feature(
            name: name, type: type, expression: json["expression"]?.stringValue,
            isStrict: json["strict"]?.boolValue ?? false, unit: json["unit"]?.stringValue, promises: promises,
            defaultValue: json["default"], annotation: annotation(json))
    }

    private static func selection(_ json: JSON) -> FeatureService.Selection? {
        if let view = json.stringValue { return FeatureService.Selection(view: view) }
        guard let member = json.objectValue?.first, let list = member.value.arrayValue else { return nil }
        let items = list.compactMap { item -> FeatureService.Selection.Item? in
            if let name = item.stringValue { return FeatureService.Selection.Item(feature: name) }
            guard let name = item["name"]?.stringValue else { return nil }
            return FeatureService.Selection.Item(feature: name, alias: item["as"]?.stringValue)
        }
        return items.count == list.count ? FeatureService.Selection(view: member.name, items: items) : nil
    }

    private static func label(_ json: JSON) -> FeatureService.Label? {
        guard let source = json["source"]?.stringValue, let keys = json["keys"]?.arrayValue,
            let column = json["column"]?.stringValue,
            let maturity = json["maturity"]?.stringValue.flatMap({ TimeSpan($0) }),
            let unripe = json["unripe"]?.stringValue.flatMap({ FeatureService.Label.Unripe(rawValue: $0) })
        else { return nil }
        return FeatureService.Label(
            source: source, keys: keys.compactMap(\.stringValue), column: column, maturity: maturity, unripe: unripe,
            alias: json["as"]?.stringValue)
    }

    private static func annotation(_ json: JSON) -> Annotation {
        var tags: [String: String] = [:]
        for tag in json["tags"]?.objectValue ?? [] { tags[tag.name] = tag.value.stringValue }
        return Annotation(
            description: json["description"]?.stringValue, owner: json["owner"]?.stringValue, tags: tags)
    }
}
