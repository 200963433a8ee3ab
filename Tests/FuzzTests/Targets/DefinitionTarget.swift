// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyDefinitions

/// A text as definitions or, behind a line break, as `tally.yaml`: every problem has a place, and no problem is hidden.
struct DefinitionTarget: FuzzTarget {
    static let name = "Definition"
    let words = [
        "entity:", "name: ", "joinKeys:\n", "- name: ", "type: int64", "source:", "path: ", "eventTime: ",
        "featureView:",
        "timeToLive: 7d", "features:\n", "featureService:", "label:\n", "promise:\n", "project: ", "stores:\n",
        "registry: sqlite:", "suppress:\n", "until: 2026-12-31", "---\n", "  ", "&a", "*a", "<<: ", "!!str", "? ",
        "|\n",
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        [
            "\nproject: p\nstores:\n  registry: sqlite:.tally/r.db\nsuppress:\n- id: a\n  reason: b\n  until: 2026-12-31\n",
            """
            entity: driver
            joinKeys:
            - name: driver_id
              type: int64
            ---
            source: trips
            path: data/*.csv
            eventTime: {column: at, format: yyyyMMdd}
            timeZone: Europe/Berlin
            columns: {driver_id: int64, at: timestamp, fare: float64}
            ---
            featureView: fares
            entities: [driver]
            source: trips
            timeToLive: 7d
            features:
            - name: fare
              type: float64
              expression: coalesce(fare, 0.0)
            ---
            featureService: pay
            features:
            - fares

            """,
            "kind: Entity\nname: e\n",
        ].map { Array($0.utf8) }
    }

    func run(_ input: [UInt8]) throws {
        let isProject = input.first == 0x0A
        let path = isProject ? "tally.yaml" : "definitions/d.yaml"
        let file: DefinitionFile
        switch DefinitionFile.decode(path: path, bytes: isProject ? Array(input.dropFirst()) : input) {
        case .success(let decoded): file = decoded
        case .failure(let problem):
            try check(problem.diagnostic)
            return
        }
        let project = DefinitionFile(path: "tally.yaml", text: "project: p\n")
        let repository = RepositoryReader.read(files: isProject ? [file] : [project, file])
        let result = repository.check(descriptions: [:])
        for diagnostic in repository.diagnostics + result.diagnostics { try check(diagnostic) }
        try FuzzFinding.unless((result.set == nil) == result.hasErrors, "errors and definitions do not fit")
        let rendered = DiagnosticRenderer.text(result.diagnostics, sources: repository.files)
        try FuzzFinding.unless(rendered.isEmpty == result.diagnostics.isEmpty, "a problem is not rendered")
        let again = RepositoryReader.read(files: isProject ? [file] : [project, file])
        try FuzzFinding.unless(again.diagnostics == repository.diagnostics, "read twice, with different problems")
    }

    private func check(_ diagnostic: Diagnostic) throws {
        try FuzzFinding.unless(
            diagnostic.location.line >= 1 && diagnostic.location.column >= 1, "a problem without a place: \(diagnostic)"
        )
    }
}
