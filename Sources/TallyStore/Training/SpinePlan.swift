// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The plan for reading a spine: every column passed through unchanged; keys, time and inputs also in promised types.
struct SpinePlan {
    /// A column with a promised type.
    struct Need {
        let name: String
        let type: DataType
        let promisedBy: String
    }

    let table: TableReference
    let file: String
    /// The spine's own columns in order, as they are written again.
    let passThrough: [WriteRequest.Column]
    /// The scan: the pass-through columns first, then typed twins of those that are needed in another type.
    let scan: ScanRequest
    /// For each needed column, its name in the scanned batches.
    let aliases: ByName<String>
    /// The scan's count of times without a zone.
    let times: TimeTally
    /// The names in the scanned batches of what is cut from the time, and from other columns with times.
    let cutTime: String
    let cutValues: [String]
    /// Things worth saying that stop nothing.
    let warnings: [String]

    init(
        path: String, table: TableReference, description: TableDescription, timeColumn: String, needs: [Need]
    ) throws(TallyError) {
        guard description.files.count == 1, let file = description.files.first else {
            throw TallyError(
                .unreadable, "no such file", subject: path,
                help: "give one Parquet or CSV file with one row for each prediction")
        }
        self.file = file
        self.table = table
        let time = Need(name: timeColumn, type: .timestamp, promisedBy: "the spine's time (--time-column)")
        let needs = [time] + needs
        try Self.refuseContradictions(among: needs, path: path)
        let columns = try Self.carried(description, needs, path: path)
        var scanned = columns.map(\.read)
        var aliases = ByName<String>([])
        for need in needs where aliases[need.name] == nil {
            let column = try Self.find(need, in: description, path: path)
            let isCarriedSo = column.carrier == need.type && column.type == need.type && column.exactType == nil
            if column.isText || isCarriedSo {
                aliases[need.name] = need.name
            } else {
                let alias = "tally!typed!" + need.name
                aliases[need.name] = alias
                scanned.append(ScanRequest.Column(name: need.name, alias: alias, type: need.type))
            }
        }
        // What is carried as text keeps its nanoseconds.
        let cut =
            needs.filter { $0.type.holdsTimes }.map { ($0.name, $0.type) }
            + columns.map { ($0.written.schema.name, $0.written.schema.type) }.filter { $0.1.holdsTimes }
        let cutColumns = cut.uniqued { Array($0.0.utf8) }
        scanned += cutColumns.map { name, type in
            ScanRequest.Column(name: name, type: type).cutNanoseconds(as: Self.cutMark + name)
        }
        cutTime = Self.cutMark + timeColumn
        cutValues = cutColumns.map { Self.cutMark + $0.0 }.filter { [cutTime] in $0 != cutTime }
        passThrough = columns.map(\.written)
        self.aliases = aliases
        times = TimeTally()
        scan = ScanRequest(table: table, columns: scanned, times: times)
        let isZoneless = description.columns.contains {
            $0.name.isSame(as: timeColumn) && $0.nativeType.hasPrefix("TIMESTAMP")
                && !$0.nativeType.contains("TIME ZONE")
        }
        warnings = isZoneless ? ["spine column '\(timeColumn)' has no time zone and was read as UTC"] : []
    }

    private static let cutMark = "tally!cut!"

    /// Columns that the engine does not tell apart where it writes them: it knows the case of ASCII letters only.
    private static func twins(_ description: TableDescription) -> [(first: String, second: String)] {
        var first: ByName<String> = ByName([])
        var found: [(String, String)] = []
        for column in description.columns {
            let key = column.name.lowercasedASCII
            if let before = first[key] { found.append((before, column.name)) } else { first[key] = column.name }
        }
        return found
    }

    /// Returns the columns of the spine: how each is read, and how it is written again.
    private static func carried(
        _ description: TableDescription, _ needs: [Need], path: String
    ) throws(TallyError) -> [(read: ScanRequest.Column, written: WriteRequest.Column)] {
        let promised = ByName(needs.map { ($0.name, $0.type) })
        var columns: [(read: ScanRequest.Column, written: WriteRequest.Column)] = []
        for column in description.columns {
            // Text has no type of its own: what was promised decides how it is read, and written again.
            // A column that is only carried along comes back byte for byte.
            let parsed = column.isText ? promised[column.name] : nil
            guard let carrier = parsed ?? (column.isText ? .string : column.carrier) else {
                throw TallyError(
                    .invalidData, "column '\(column.name)' is \(column.nativeType), which cannot be carried through",
                    subject: path, help: "leave the column out of the spine or turn it into text")
            }
            // The engine cuts nanoseconds of instants, but for those that are read as text.
            let isExact = column.exactType != nil
            columns.append(
                (
                    ScanRequest.Column(name: column.name, type: isExact ? .string : parsed),
                    WriteRequest.Column(
                        schema: ColumnSchema(name: column.name, type: isExact ? .string : carrier),
                        nativeType: column.isText ? nil : column.exactType ?? column.nativeType)
                ))
        }
        return columns
    }

    /// The column behind a need, which must hold the promised type without loss.
    private static func find(
        _ need: Need, in description: TableDescription, path: String
    ) throws(TallyError) -> TableDescription.Column {
        guard let column = description.columns.first(where: { $0.name.isSame(as: need.name) }) else {
            let near = nearestName(to: need.name, among: description.columns.map(\.name))
            throw TallyError(
                .invalidData, "the spine has no column '\(need.name)', promised by \(need.promisedBy)", subject: path,
                help: near.map { "rename column '\($0)' or correct the definition" }
                    ?? "its columns are \(description.columns.map(\.name).joined(separator: ", "))")
        }
        guard column.reads(as: need.type) else {
            throw TallyError(
                .invalidData,
                "column '\(need.name)' is \(column.nativeType), and \(need.promisedBy) promises \(need.type)",
                subject: path, help: "write the column as \(need.type); nothing is cast silently")
        }
        return column
    }

    private static func refuseContradictions(among needs: [Need], path: String) throws(TallyError) {
        var first = ByName<Need>([])
        for need in needs {
            guard let other = first[need.name] else {
                first[need.name] = need
                continue
            }
            guard other.type != need.type else { continue }
            throw TallyError(
                .invalidDefinitions,
                "column '\(need.name)' is promised as \(other.type) by \(other.promisedBy) and as \(need.type) by "
                    + need.promisedBy, subject: path, help: "give both the same type")
        }
    }

    /// A needed column of a scanned batch.
    func column(_ name: String, in batch: Batch) -> Column {
        guard let column = batch[aliases[name] ?? name] else {
            preconditionFailure("a scanned spine batch lacks a column that was asked for")
        }
        return column
    }

    /// The columns that are carried through, of a scanned batch.
    func carried(from batch: Batch) -> [Column] { Array(batch.columns.prefix(passThrough.count)) }
}
