// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel
import Testing

/// One directory of Tests/Scenarios: a rule, definitions, data, a spine, and what must come out.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String

    var testDescription: String { name }

    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/Scenarios"
    static let all: [Scenario] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map {
        Scenario(name: $0, folder: folder + "/" + $0)
    }

    /// How the training set is asked for; every member has a default.
    struct Options {
        /// When the store looks at the sources for the first time; nil when it looks only once.
        var firstLook: Timestamp?
        /// When the training set is made.
        var now = Timestamp(microseconds: 1_767_225_600_000_000)
        var asOf: Timestamp?
        var ignoresKnownTime = false
        var usesFullFeatureNames = false
    }

    func options() throws -> Options {
        var options = Options()
        guard let text = text(of: "options.json") else { return options }
        for member in try JSON(parsing: text).objectValue ?? [] {
            let time = member.value.stringValue.flatMap { Timestamp($0) }
            switch member.name {
            case "firstLook": options.firstLook = time
            case "now": options.now = time ?? options.now
            case "asOf": options.asOf = time
            case "known": options.ignoresKnownTime = member.value.stringValue == "ignore"
            case "fullFeatureNames": options.usesFullFeatureNames = member.value.boolValue ?? false
            default: throw UnknownOption(name: member.name)
            }
        }
        return options
    }

    struct UnknownOption: Error { let name: String }

    func text(of file: String) -> String? {
        FileManager.default.contents(atPath: folder + "/" + file).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Copies the scenario to a folder of its own, without what arrives later, and without what is expected.
    func copy() throws -> String {
        let place = FileManager.default.temporaryDirectory.path + "/tally-scenario-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for entry in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !entry.hasPrefix("later") && !entry.hasPrefix("expected") {
            try FileManager.default.copyItem(atPath: folder + "/" + entry, toPath: place + "/" + entry)
        }
        return place
    }

    /// Adds the files of a folder that arrives later, over those of the same names.
    func addFiles(of folder: String, to place: String) throws {
        let later = self.folder + "/" + folder
        for file in (try? FileManager.default.subpathsOfDirectory(atPath: later)) ?? [] where file.contains(".") {
            let target = place + "/" + file
            if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
            try FileManager.default.copyItem(atPath: later + "/" + file, toPath: target)
        }
    }
}
