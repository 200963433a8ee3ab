// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Which column of a training set stands in which source: said, or told by exactly the same name.
struct LeakOrigins {
    /// A column of the training set with the feature that it is compared with.
    struct Found {
        let column: String
        let feature: FrameFeature
        /// The type in which both are compared.
        let form: DataType
        let isText: Bool
    }

    private(set) var found: [Found] = []
    private(set) var unseen: [LeakReport.Unseen] = []

    /// Finds the origins of all columns but keys, time, and those that are excepted.
    init(
        _ search: LeakSearch, _ training: TableDescription, _ tables: [FrameColumns]
    ) throws(TallyError) {
        let names = training.columns.map(\.name)
        for name in search.excepted + [search.label].compactMap({ $0 }) + search.origins.map(\.column)
        where !names.contains(where: { $0.isSame(as: name) }) {
            throw TallyError(
                .misuse, "there is no column '\(name)'", subject: "the training set",
                help: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                    ?? "its columns are \(names.joined(separator: ", "))")
        }
        let passed = search.join.tables.flatMap { $0.keys.map(\.spine) } + [search.join.timeColumn] + search.excepted
        for column in training.columns where !passed.contains(where: { $0.isSame(as: column.name) }) {
            let candidates = try Self.candidates(column.name, search, tables)
            let isLabel = search.label?.isSame(as: column.name) ?? false
            guard candidates.count == 1, let feature = candidates.first else {
                guard !isLabel else { continue }
                let several = candidates.map(\.table).joined(separator: ", ")
                unseen.append(
                    LeakReport.Unseen(
                        name: column.name,
                        reason: candidates.isEmpty
                            ? "it stands in no source" : "it stands in several sources: \(several)"))
                continue
            }
            if let form = Self.form(column, feature.type) {
                found.append(Found(column: column.name, feature: feature, form: form, isText: column.isText))
            } else if !isLabel {
                unseen.append(
                    LeakReport.Unseen(
                        name: column.name,
                        reason: "it is \(column.nativeType), and \(feature.table).\(feature.column) is \(feature.type)")
                )
            }
        }
    }

    private static func candidates(
        _ name: String, _ search: LeakSearch, _ tables: [FrameColumns]
    ) throws(TallyError) -> [FrameFeature] {
        if let said = search.origins.first(where: { $0.column.isSame(as: name) }) {
            guard let columns = tables.first(where: { $0.table.name.isSame(as: said.table) }) else {
                throw TallyError(
                    .misuse, "there is no source '\(said.table)'", subject: "column \(name)",
                    help: "the sources are \(tables.map(\.table.name).joined(separator: ", "))")
            }
            guard let feature = columns.features.first(where: { $0.column.isSame(as: said.origin) }) else {
                throw TallyError(
                    .misuse, "source '\(said.table)' has no column '\(said.origin)' to compare with",
                    subject: "column \(name)",
                    help: "its columns are \(columns.features.map(\.column).joined(separator: ", "))")
            }
            return [feature]
        }
        for columns in tables {
            let full = columns.features.filter {
                name.isSame(as: "\(columns.table.name)__\($0.column)")
                    || name.isSame(as: "\(columns.table.name)__\($0.feature)")
            }
            if full.count == 1 { return full }
        }
        return tables.flatMap(\.features).filter { name.isSame(as: $0.column) || name.isSame(as: $0.feature) }
    }

    /// The type in which a column is compared with a source's: the column's own, where that is a rounded one; nil where the
    /// two cannot be equal.
    private static func form(_ column: TableDescription.Column, _ source: DataType) -> DataType? {
        if column.isText { return source }
        if column.isValueless { return source }
        let isDecimal = column.nativeType.hasPrefix("DECIMAL")
        guard let type = column.type ?? (isDecimal ? .float64 : nil) else { return nil }
        switch (type, source) {
        case (_, _) where type == source: return type
        case (.int32, .int64), (.int64, .int32): return .int64
        case (.float32, .int32), (.float32, .int64), (.float32, .float64): return .float32
        case (.float64, .int32), (.float64, .int64), (.float64, .float32), (.int32, .float64), (.int64, .float64),
            (.int32, .float32), (.int64, .float32):
            return .float64
        case (.int32, .bool), (.int64, .bool), (.float64, .bool), (.float32, .bool): return type
        case (.bool, _), (.int32, _), (.int64, _), (.float32, _), (.float64, _), (.string, _), (.bytes, _),
            (.timestamp, _), (.date, _), (.array, _):
            return nil
        }
    }
}
