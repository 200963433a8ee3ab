// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension Lockfile {
    /// Makes the lockfile of definitions and of the releases they form.
    public init(project: String, nodes: [PlanNode], releases: [Release]) {
        self.init(
            project: project,
            services: releases.map { Service(name: $0.service, release: $0.fingerprint, parts: $0.parts) },
            contracts: nodes.compactMap(Contract.init),
            definitions: nodes.map { Definition(id: $0.id, fingerprint: Fingerprint(of: $0.document)) })
    }

    /// The file's text: JSON, sorted, one fingerprint a line, so that version control shows what moved.
    public var rendered: String {
        JSON.object([
            ("format", .int(Int64(Self.format))), ("project", .string(project)),
            ("semantics", .int(Int64(semantics))), ("contracts", .object(contracts.map { ($0.source, $0.json) })),
            ("definitions", .object(definitions.map { ($0.id.description, .string($0.fingerprint.hex)) })),
            ("services", .object(services.map { ($0.name, $0.json) })),
        ]).prettyText
    }

    /// Reads the text of a lockfile.
    ///
    /// Throws `E-unreadable` for a form of a newer version and `E-corrupt` for text that is no lockfile, such as one with
    /// the marks of a merge conflict.
    public static func parse(_ text: String) throws(TallyError) -> Lockfile {
        let json: JSON
        do throws(JSONProblem) {
            json = try JSON(parsing: text)
        } catch {
            let line = text.utf8.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw damaged("line \(line): \(error.message)")
        }
        guard let found = json["format"]?.intValue else { throw damaged("it has no format number") }
        guard found == format else {
            throw TallyError(
                .unreadable, "has form \(found), and this build knows form \(format)", subject: fileName,
                help: "use the version of tally that wrote it, or apply again")
        }
        guard let project = json["project"]?.stringValue, let semantics = json["semantics"]?.intValue,
            let members = json["services"]?.objectValue, let promised = json["contracts"]?.objectValue,
            let written = json["definitions"]?.objectValue
        else { throw damaged("`project`, `semantics`, `contracts`, `definitions` or `services` is missing") }
        let contracts = promised.compactMap { Contract(source: $0.name, json: $0.value) }
        let definitions = written.compactMap { Definition(name: $0.name, json: $0.value) }
        guard contracts.count == promised.count, definitions.count == written.count else {
            throw damaged("a contract or a definition cannot be read")
        }
        var services: [Service] = []
        for member in members {
            guard let service = Service(name: member.name, json: member.value) else {
                throw damaged("service '\(member.name)' cannot be read")
            }
            services.append(service)
        }
        return Lockfile(
            project: project, semantics: Int(semantics), services: services, contracts: contracts,
            definitions: definitions)
    }

    private static func damaged(_ what: String) -> TallyError {
        TallyError(
            .corrupt, "is no lockfile: \(what)", subject: fileName, help: "run `\(.apply)`, which writes it anew")
    }
}

extension Release.Part.Kind {
    /// The member of a service's entry that holds parts of the kind.
    fileprivate var group: String {
        switch self {
        case .entity: "entities"
        case .expression: "expressions"
        case .label: "label"
        case .source: "sources"
        case .transform: "transforms"
        case .view: "views"
        }
    }
}

extension Lockfile.Contract {
    /// The contract that a source's node holds; nil when it holds none.
    fileprivate init?(_ node: PlanNode) {
        guard node.id.kind == .source, let promised = node.document["promised"] else { return nil }
        self.init(
            source: node.id.name, version: promised["version"]?.stringValue ?? "",
            fingerprint: Fingerprint(of: promised))
    }

    fileprivate var json: JSON {
        .object([("version", .string(version)), ("contract", .string(fingerprint.hex))])
    }

    fileprivate init?(source: String, json: JSON) {
        guard let version = json["version"]?.stringValue,
            let fingerprint = json["contract"]?.stringValue.flatMap({ Fingerprint(hex: $0) })
        else { return nil }
        self.init(source: source, version: version, fingerprint: fingerprint)
    }
}

extension Lockfile.Definition {
    /// Reads an entry such as `view origin_weather`.
    fileprivate init?(name: String, json: JSON) {
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let kind = Definition.Kind.allCases.first(where: { $0.word == words[0] }),
            let fingerprint = json.stringValue.flatMap({ Fingerprint(hex: $0) })
        else { return nil }
        self.init(id: DefinitionID(kind, words[1]), fingerprint: fingerprint)
    }
}

extension Lockfile.Service {
    fileprivate var json: JSON {
        let groups = Release.Part.Kind.allCases.compactMap { kind -> (String, JSON)? in
            let members = parts.filter { $0.kind == kind }.map { ($0.name, $0.fingerprints.json) }
            return members.isEmpty ? nil : (kind.group, .object(members))
        }
        return .object([("release", .string(release.hex))] + groups)
    }

    fileprivate init?(name: String, json: JSON) {
        guard let release = json["release"]?.stringValue.flatMap({ Fingerprint(hex: $0) }),
            let members = json.objectValue
        else { return nil }
        var parts: [Release.Part] = []
        for member in members where member.name != "release" {
            guard let kind = Release.Part.Kind.allCases.first(where: { $0.group == member.name }),
                let entries = member.value.objectValue
            else { return nil }
            for entry in entries {
                guard let fingerprints = Fingerprints(json: entry.value) else { return nil }
                parts.append(Release.Part(kind: kind, name: entry.name, fingerprints: fingerprints))
            }
        }
        self.init(name: name, release: release, parts: parts)
    }
}
