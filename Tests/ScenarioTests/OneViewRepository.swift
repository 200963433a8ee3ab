// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import TallyTesting

/// A repository of one view of one source in a folder of its own, and the program run in it.
struct OneViewRepository {
    let folder: TemporaryFolder

    /// Makes the folder, without definitions.
    init(_ name: String, project: String? = nil) throws {
        folder = try TemporaryFolder(name)
        try folder.write("project: \(project ?? name)\n", to: "tally.yaml")
    }

    /// Writes an entity `place` with a key `id`, a source, a view `gauge` of it with the features, and a service.
    ///
    /// `location` says where the source is: `path: data/*.csv`, or a query. `more` are lines of the service and documents
    /// behind it.
    func define(
        source: String, at location: String, features: String, service: String = "weather", more: String = ""
    ) throws {
        try folder.write(
            """
            kind: Entity
            name: place
            joinKeys: [{name: id, type: int64}]
            ---
            kind: Source
            name: \(source)
            \(location)
            eventTime: ts
            ---
            kind: FeatureView
            name: gauge
            owner: tests
            entities: [place]
            source: \(source)
            features: [\(features)]
            ---
            kind: FeatureService
            name: \(service)
            features: [gauge]
            \(more)

            """, to: "definitions/all.yaml")
    }

    func run(_ arguments: String...) throws -> Program.Outcome { try Program.run(arguments, in: folder) }
}
