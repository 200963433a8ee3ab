// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Access to the rows of a table: the measures that an engine takes at once, and the rows one after the other.
public struct TableRows: Sendable {
    /// Takes measures, `unsupported` for those that have to be taken row by row.
    let measure: @Sendable ([Measure]) async throws(TallyError) -> MeasureResult
    /// Hands over the rows of some columns, batch by batch in one order; without a column the rows still count.
    public private(set) var scan:
        @Sendable (Set<String>, (Batch) async throws(TallyError) -> Void) async throws(TallyError) -> Void

    /// Hands over the rows of a table that is referred to, its columns read as they are promised; nil where there is none.
    let scanOther:
        (
            @Sendable (ReferredColumns, (Batch) async throws(TallyError) -> Void) async throws(TallyError) ->
                Void
        )?

    /// Makes access to the rows of an engine's table, its columns read by the context.
    public init(_ table: TableReference, _ context: TableContext, engine: any OfflineEngine) {
        let text = context.found.filter(\.isText)
        let types =
            text.map { ColumnSchema(name: $0.name, type: $0.type) }
            + text.compactMap(\.readability).map { ColumnSchema(name: $0, type: .bool) }
        // What cannot be read breaks the promise about its type, and is null for all others.
        let table = text.isEmpty ? table : table.readingUnreadableAsNull
        measure = { (measures) async throws(TallyError) in
            try await engine.measure(MeasureRequest(table: table, types: types, measures: measures))
        }
        scan = { (columns, body) async throws(TallyError) in
            let read = context.found.filter { columns.contains($0.name) }
            // A decimal or another type of the engine's own is carried along as its text.
            let told = context.found.compactMap(\.readability).filter { columns.contains($0) }
            let request = ScanRequest(
                table: table,
                columns: read.map(\.read)
                    + told.map { ScanRequest.Column(name: $0, type: .bool) })
            try await engine.scan(request, body)
        }
        scanOther = { (referred, body) async throws(TallyError) in
            let columns = try await engine.describe(referred.table).columns
            let read = columns.filter { referred.names.contains($0.name) }.compactMap { column in
                let promised = referred.types.first { $0.name.isSame(as: column.name) }?.type
                let type = column.textType(promised: promised) ?? column.type ?? column.carrier
                return type.map {
                    TableContext.Found(
                        name: column.name, type: $0, nativeType: column.nativeType, isText: column.isText)
                }
            }
            let request = ScanRequest(
                table: referred.table,
                columns: read.map(\.read))
            try await engine.scan(request, body)
        }
    }

    /// The same table, whose rows come in another way.
    public func scanned(
        by scan:
            @escaping @Sendable (Set<String>, (Batch) async throws(TallyError) -> Void) async throws(TallyError) ->
            Void
    ) -> TableRows {
        var rows = self
        rows.scan = scan
        return rows
    }

    /// Rows that are made while they are looked at, so that every measure is taken row by row.
    public init(
        scan:
            @escaping @Sendable (Set<String>, (Batch) async throws(TallyError) -> Void) async throws(TallyError) ->
            Void
    ) {
        self.scan = scan
        scanOther = nil
        measure = { (measures) in
            MeasureResult(values: measures.map { _ in .unsupported })
        }
    }
}

extension TableContext.Found {
    /// The column as it is read for promises: times in text are rounded as a measure rounds them, so that both count
    /// the same.
    public var read: ScanRequest.Column {
        ScanRequest.Column(name: name, type: readType, rounding: isText ? .up : .down)
    }

    /// The type to ask an engine for; nil for a type of the engine's own, whose values are carried as texts.
    ///
    /// What holds for a value holds for the elements of a list.
    public var readType: DataType? {
        var (leaf, native) = (type, nativeType[...])
        while case .array(let element) = leaf {
            leaf = element
            native = native[..<(native.lastIndex(of: "[") ?? native.endIndex)]
        }
        return leaf == .string && native != "VARCHAR" && !isText ? nil : type
    }
}
