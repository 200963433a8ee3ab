// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDefinitions
internal import TallyModel

/// The definitions of tables that have none, as YAML.
struct FrameDefinitions {
    let columns: [FrameColumns]
    /// The file of each table.
    let paths: [String]
    /// What stands before the names of views.
    let prefix: String

    /// One document for each definition.
    var text: String {
        var documents: [String] = []
        var entities: [(keys: [ColumnSchema], name: String)] = []
        for (columns, path) in zip(columns, paths) {
            let keys = zip(columns.table.keys, columns.keyTypes).map { ColumnSchema(name: $0.spine, type: $1) }
            let entity: String
            if let known = entities.first(where: { $0.keys == keys }) {
                entity = known.name
            } else {
                entity = Self.name(of: keys, besides: entities.map(\.name))
                entities.append((keys, entity))
                let list = keys.map { "{name: \(Self.scalar($0.name)), type: \($0.type.name)}" }
                documents.append("kind: Entity\nname: \(entity)\njoinKeys: [\(list.joined(separator: ", "))]\n")
            }
            documents.append(source(columns, path))
            documents.append(view(columns, entity))
        }
        let views = columns.map { prefix + $0.table.name }.joined(separator: ", ")
        documents.append("kind: FeatureService\nname: \(FrameRepository.service)\nfeatures: [\(views)]\n")
        return documents.joined(separator: "---\n")
    }

    private func source(_ columns: FrameColumns, _ path: String) -> String {
        var text = "kind: Source\nname: \(columns.table.name)\npath: \(Self.scalar(FileGlob.exactly(path)))\n"
        guard let eventTime = columns.eventTime else { return text }
        text += "eventTime: \(Self.scalar(eventTime))\n"
        switch columns.table.knownTime {
        case .undeclared: break
        case .after(let span): text += "knownAfter: \(span)\n"
        case .column(let name): text += "knownTime: \(Self.scalar(name))\n"
        }
        if columns.table.timeZone != "UTC" { text += "timeZone: \(Self.scalar(columns.table.timeZone))\n" }
        return text
    }

    private func view(_ columns: FrameColumns, _ entity: String) -> String {
        let table = columns.table
        var text = "kind: FeatureView\nname: \(prefix + table.name)\nentities: [\(entity)]\nsource: \(table.name)\n"
        if let life = table.timeToLive { text += "timeToLive: \(life)\n" }
        text += "features:\n"
        for feature in columns.features {
            text += "  - {name: \(feature.feature), type: \(feature.type.name)"
            if !feature.feature.isSame(as: feature.column) {
                text += ", expression: \(Self.quoted(feature.column.quoted(by: "\"")))"
            }
            text += "}\n"
        }
        return text
    }

    /// A name for the entity of some keys.
    private static func name(of keys: [ColumnSchema], besides taken: [String]) -> String {
        let wanted = NameRule.proposal(for: keys.map(\.name).joined(separator: "_")) ?? "entity"
        var (name, number) = (wanted, 2)
        while taken.contains(name) {
            name = "\(wanted.prefix(NameRule.longest - 6))_\(number)"
            number += 1
        }
        return name
    }

    /// A text as YAML: as it is where nothing in it means anything, else in quotes.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.first.map { isLetter($0) || $0 == 0x2F || $0 == 0x5F } ?? false
        let isQuiet = text.utf8.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x2F, 0x5F].contains($0)
        }
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return isPlain && isQuiet && !words.contains(text.lowercased()) ? text : quoted(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func quoted(_ text: String) -> String { JSON.string(text).compactText }
}
