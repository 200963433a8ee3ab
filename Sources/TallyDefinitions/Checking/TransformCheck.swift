// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks that the vector of a service has what its functions in Python read.
struct TransformCheck {
    private let service: FeatureService
    private let located: LocatedDefinition
    private let check: RepositoryCheck

    init(_ service: FeatureService, _ located: LocatedDefinition, _ check: RepositoryCheck) {
        self.service = service
        self.located = located
        self.check = check
    }

    /// Finds each input among selected features, request inputs, on-demand features and `observed_at`, in its type.
    func run(selected: ServiceCheck.Outputs) {
        let columns =
            selected.columns.map(\.schema) + service.request
            + service.onDemand.map { ColumnSchema(name: $0.name, type: $0.type) }
            + [ColumnSchema(name: "observed_at", type: .timestamp)]
        let unread = selected.broken.union(located.brokenFeatures)
        for (index, name) in service.transforms.enumerated() {
            let place = located.part("transforms", index).location
            guard let (transform, _) = check.transforms[name] else {
                check.reportUnknown(.pythonTransform, name, DefinitionCode.unknownTransform, at: place)
                continue
            }
            for input in transform.inputs where !unread.contains(input.name) {
                let found = columns.first { $0.name.isSame(as: input.name) }
                guard let found else {
                    guard selected.isComplete else { continue }
                    let near = check.findings.nearest(to: input.name, among: columns.map(\.name))
                    check.findings.error(
                        DefinitionCode.transformInput,
                        "transform '\(name)' reads '\(input.name)', which is not in the vector",
                        at: place, note: near.map { "there is '\($0)'" },
                        help: "select the feature, add the request input, or name it with 'as: \(input.name)'")
                    continue
                }
                guard found.type != input.type else { continue }
                check.findings.error(
                    DefinitionCode.transformInput,
                    "transform '\(name)' reads '\(input.name)' as \(input.type), and in the vector it is \(found.type)",
                    at: place, help: "write '\(input.name): \(found.type)' under 'inputs' of '\(name)'")
            }
        }
    }
}
