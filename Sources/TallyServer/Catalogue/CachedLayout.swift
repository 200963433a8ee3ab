// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStore

/// A layout with the parts of its answers that are the same for every request.
final class CachedLayout: Sendable {
    let layout: VectorLayout
    /// For each column, the counter of its view's statuses; nil for what is computed on demand.
    let counters: [Int?]
    /// For each column, the start of its object in an answer of `/v1/vectors`, up to the list of statuses.
    let columnHeads: [[UInt8]]
    /// The columns' names in quotes, each after a comma.
    let names: [UInt8]
    /// The names as `view__feature`; an on-demand feature has its own name.
    let fullNames: [UInt8]
    /// The release as an object, or null.
    let release: [UInt8]
    /// For each view, the start of its object in a receipt, up to where it was read.
    let readHeads: [[UInt8]]
    /// The views' names as Feast's metadata has them, without the brackets.
    let viewMetadata: [UInt8]

    /// The approximate bytes that it holds.
    let size: Int

    /// The approximate bytes of an answer besides its values.
    let answerBytes: Int
    /// The number of rows of event times in an answer.
    let timeRows: Int

    init(_ layout: VectorLayout, metrics: Metrics) {
        self.layout = layout
        release = Array((layout.release?.json ?? .null).compactText.utf8)
        readHeads = layout.views.map { view in
            let nowhere = ReadPosition(view: view.name, storage: view.fingerprints.storage, place: .nowhere)
            return Array(nowhere.json.compactText.utf8.dropLast())
        }
        counters = layout.columns.map { $0.view.map { metrics.counter(ofView: $0) } }
        columnHeads = layout.columns.map(Self.head)
        names = Self.list(layout.columns.map(\.name))
        fullNames = Self.list(
            layout.columns.map { column in column.view.map { $0 + "__" + column.name } ?? column.name })
        var views = JSONWriter(capacity: 64)
        for (index, view) in layout.views.enumerated() {
            if index > 0 { views.comma() }
            views.json(.object([("name", .string(view.name))]))
        }
        viewMetadata = views.bytes
        let heads = (columnHeads + readHeads).reduce(0) { $0 + $1.count + 64 }
        timeRows = (layout.columns.map(\.times).max() ?? -1) + 1
        answerBytes = 1_024 + heads + max(names.count, fullNames.count)
        size = heads + names.count + fullNames.count + release.count + viewMetadata.count + layout.columns.count * 256
    }

    private static func head(_ column: FeatureVectors.Column) -> [UInt8] {
        let object = JSON.object([
            ("name", .string(column.name)), ("view", .optional(column.view)), ("feature", .string(column.feature)),
            ("type", .string(column.type.name)), ("times", .int(Int64(column.times))), ("statuses", .array([])),
        ])
        return Array(object.compactText.utf8.dropLast("]}".utf8.count))
    }

    private static func list(_ names: [String]) -> [UInt8] {
        var writer = JSONWriter(capacity: names.count * 24)
        for name in names {
            writer.comma()
            writer.string(name)
        }
        return writer.bytes
    }
}
