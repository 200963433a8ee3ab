// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDefinitions
internal import TallyModel

/// The columns of one table: which are keys and times, and which become features under which names.
struct FrameColumns {
    let table: FrameJoin.Table
    /// The types of the keys, by their order.
    let keyTypes: [DataType]
    /// The event time; nil for none.
    let eventTime: String?
    private(set) var features: [FrameFeature] = []
    private(set) var leftOut: [LeftOut] = []

    /// Decides from what the files hold.
    ///
    /// Throws `E-misuse` for columns that are named and not there, `E-invalid-data` for keys that cannot meet.
    init(
        _ table: FrameJoin.Table, _ found: TableDescription, spine: TableDescription, timeColumn: String
    ) throws(TallyError) {
        self.table = table
        guard !table.keys.isEmpty else {
            throw TallyError(
                .misuse, "no key is named", subject: "source \(table.name)", help: "name the columns to join on")
        }
        var types: [DataType] = []
        for key in table.keys {
            types.append(
                try Self.type(
                    of: Self.column(key.spine, in: spine, "the spine"),
                    and: Self.column(key.source, in: found, "source \(table.name)"), table.name))
        }
        keyTypes = types
        eventTime = try Self.eventTime(table, found, timeColumn)
        if case .column(let name) = table.knownTime { _ = try Self.column(name, in: found, "source \(table.name)") }
        try takeFeatures(found)
    }

    private static func column(
        _ name: String, in table: TableDescription, _ subject: String
    ) throws(TallyError) -> TableDescription.Column {
        if let column = table.columns.first(where: { $0.name.isSame(as: name) }) { return column }
        let names = table.columns.map(\.name)
        throw TallyError(
            .misuse, "there is no column '\(name)'", subject: subject,
            help: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                ?? "its columns are \(names.joined(separator: ", "))")
    }

    /// The type that holds the keys of both sides without loss.
    private static func type(
        of spine: TableDescription.Column, and source: TableDescription.Column, _ table: String
    ) throws(TallyError) -> DataType {
        let subject = "source \(table)"
        let types = (spine.type, source.type)
        var found: DataType?
        switch types {
        case (let left?, let right?):
            // Text is read as what the other side has.
            if spine.isText && !source.isText || spine.isValueless {
                found = right
            } else if source.isText && !spine.isText || source.isValueless {
                found = left
            } else {
                found = left.widens(to: right) ? right : right.widens(to: left) ? left : nil
            }
        case (_, _): break
        }
        guard let found else {
            throw TallyError(
                .invalidData,
                "key '\(source.name)' is \(source.nativeType), and '\(spine.name)' of the spine is \(spine.nativeType)",
                subject: subject, help: "give both the same type; nothing is cast silently")
        }
        switch found {
        case .float32, .float64:
            throw TallyError(
                .invalidData, "key '\(source.name)' holds floats, which are never equal for sure", subject: subject,
                help: "cast it to integers; in pandas a column with missing integers is astype('Int64')")
        case .array:
            throw TallyError(.invalidData, "key '\(source.name)' holds lists", subject: subject)
        case .bool, .int32, .int64, .string, .bytes, .timestamp, .date: return found
        }
    }

    private static func eventTime(
        _ table: FrameJoin.Table, _ found: TableDescription, _ timeColumn: String
    ) throws(TallyError) -> String? {
        let name: String
        switch table.eventTime {
        case .none: return nil
        case .column(let column): name = try Self.column(column, in: found, "source \(table.name)").name
        case .likeSpine: name = timeColumn
        }
        let times = found.columns.filter { $0.type == .timestamp || $0.type == .date }.map(\.name)
        let help = Advice(
            times.isEmpty
                ? "it has no column with times or days: convert one, or say that its rows have no time"
                : "its columns with times are \(times.joined(separator: ", ")): name one, or say that its rows have no time"
        )
        guard let column = found.columns.first(where: { $0.name.isSame(as: name) }) else {
            throw TallyError(
                .misuse, "there is no column '\(name)', and no other event time is named",
                subject: "source \(table.name)", help: help)
        }
        guard times.contains(where: { $0.isSame(as: name) }) || column.isValueless else {
            throw TallyError(
                .invalidData, "its event time '\(name)' is \(column.nativeType), and no time",
                subject: "source \(table.name)", help: help)
        }
        return name
    }

    private mutating func takeFeatures(_ found: TableDescription) throws(TallyError) {
        var keys = table.keys.flatMap { [$0.source, $0.spine] }
        var passed = keys + [eventTime].compactMap { $0 }
        if case .column(let name) = table.knownTime { passed.append(name) }
        keys += ["event_timestamp", "observed_at"]
        for wanted in table.columns ?? [] {
            let column = try Self.column(wanted, in: found, "source \(table.name)")
            if let reason = take(column, keys) {
                throw TallyError(
                    .misuse, "column '\(wanted)' can be no feature: \(reason)", subject: "source \(table.name)")
            }
        }
        guard table.columns == nil else { return }
        for column in found.columns where !passed.contains(where: { $0.isSame(as: column.name) }) {
            if let reason = take(column, keys) {
                leftOut.append(LeftOut(table: table.name, column: column.name, reason: reason))
            }
        }
        guard features.isEmpty else { return }
        throw TallyError(
            .misuse, "it has no column that can be a feature", subject: "source \(table.name)",
            help: leftOut.isEmpty
                ? "it holds keys and times only"
                : Advice(leftOut.map { "\($0.column): \($0.reason)" }.joined(separator: "; ")))
    }

    /// Makes a column a feature; returns why it is none.
    private mutating func take(_ column: TableDescription.Column, _ reserved: [String]) -> String? {
        if column.name.begins(with: "__index_level_") { return "it is an index without a name" }
        guard let type = column.type else {
            return "it is \(column.nativeType), for which there is no type; cast it, or turn it into text"
        }
        guard let name = NameRule.proposal(for: column.name) else {
            return "no name of a feature can be made of its name; rename it"
        }
        if reserved.contains(where: { $0.isSame(as: name) }) { return "'\(name)' is the name of a key or a time" }
        if features.contains(where: { $0.feature.isSame(as: name) }) {
            return "another column gives the feature '\(name)' already"
        }
        features.append(FrameFeature(table: table.name, column: column.name, feature: name, type: type))
        return nil
    }
}
