// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyExpressions
public import TallyModel

extension LoadedRepository {
    /// Returns notes about columns that definitions read and that whole files have no value of, source by source.
    public func gapNotes(_ descriptions: [String: TableDescription]) -> [String] {
        var read: [String: [String]] = declaredTypes().mapValues { $0.map(\.name) }
        for located in definitions {
            switch located.definition {
            case .featureView(let view):
                let uses = view.features.compactMap(\.expression).flatMap(TypedExpression.columnUses)
                read[view.source, default: []] += uses.map(\.column)
            case .featureService(let service):
                if let label = service.label { read[label.source, default: []] += [label.column] + label.keys }
            case .entity, .source, .pythonTransform: break
            }
        }
        return read.keys.sorted().flatMap { source in
            (descriptions[source]?.gapNotes(of: read[source] ?? []) ?? []).map { "source \(source): \($0)" }
        }
    }
}
