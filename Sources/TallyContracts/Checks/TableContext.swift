// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The facts about a table that are known before its rows are read.
public struct TableContext: Sendable {
    /// One column as found in the data, and as it is read.
    public struct Found: Sendable, Hashable {
        /// The name in the data.
        public let name: String
        /// The type it is read as: the one that carries every value.
        public let type: DataType
        /// The engine's name of the type in the data.
        public let nativeType: String
        /// Whether the data are text, so that types are guesses.
        public let isText: Bool
        /// Whether no file has a value of it, so that its type is unknown.
        public var isValueless = false
    }

    /// The declared table; nil when there are promises without a declaration.
    public let object: Contract.Object?
    /// The columns that were found, in order.
    public let found: [Found]
    /// The instant that ages are counted from.
    public let now: Timestamp
    /// The number of rows of the table when it was last examined; nil when it never was.
    public let previousRows: Int?
    /// The places of the other tables of the contract, by name.
    public let tables: [String: TableReference]
    /// The columns that are there and are not read, such as structs, by name in the data, each with what it holds: the
    /// engine's name of the type.
    let unread: [(name: String, native: String)]
    /// The tables that the contract declares.
    public let objects: [Contract.Object]
    /// The names in the data of the declared columns, by their own names.
    private let physicalNames: ByName<String>
    /// The places of the found columns by name.
    private let places: ByName<Int>

    /// Gathers what is known; `found` are the columns of the data, which text files only seem to have types for.
    ///
    /// A column of text is read as the type that is promised, where every value can be.
    public init(
        object: Contract.Object? = nil, found: [TableDescription.Column], now: Timestamp, previousRows: Int? = nil,
        tables: [String: TableReference] = [:], objects: [Contract.Object] = []
    ) {
        self.object = object
        self.now = now
        self.previousRows = previousRows
        self.tables = tables
        self.objects = objects
        physicalNames = ByName((object?.columns ?? []).map { ($0.name, $0.physicalName ?? $0.name) })
        let promised = ByName((object?.textTypes ?? []).map { ($0.name, $0.type) })
        let strange = ByName((object?.strangeTimes ?? []).map { ($0.name, $0.words) })
        func words(_ column: TableDescription.Column) -> String? {
            if column.isText, let form = strange[column.name] { return form }
            return column.type == nil && column.carrier == nil ? column.nativeType : nil
        }
        unread = found.compactMap { column in words(column).map { (column.name, $0) } }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let read: [Found] = found.compactMap { column in
            if words(column) != nil { return nil }
            let type = column.textType(promised: promised[column.name]) ?? column.type ?? column.carrier
            guard let type else { return nil }
            return Found(
                name: column.name, type: type, nativeType: column.nativeType, isText: column.isText,
                isValueless: column.isValueless)
        }
        self.found = read
        places = ByName(read.enumerated().map { ($1.name, $0) })
    }

    /// Returns the same rows under another declaration of a table whose columns have the names of the data.
    public func over(_ other: Contract.Object) -> TableContext {
        TableContext(
            object: other,
            found: found.map {
                TableDescription.Column(name: $0.name, type: $0.type, nativeType: $0.nativeType, isText: $0.isText)
            }
                + unread.map { TableDescription.Column(name: $0.name, type: nil, nativeType: $0.native) }, now: now,
            previousRows: previousRows, tables: tables, objects: objects)
    }

    /// The name in the data of a declared column; names are the same when their bytes are.
    public func physicalName(_ name: String) -> String { physicalNames[name] ?? name }

    /// Returns the engine's type of a declared column that is in the data but cannot be read; nil for any other.
    func unread(_ name: String) -> String? {
        let physical = physicalName(name)
        return unread.first { $0.name.isSame(as: physical) }?.native
    }

    /// The found column behind a declared one; nil when the data lack it.
    public subscript(name: String) -> Found? {
        places[physicalName(name)].map { found[$0] }
    }

    /// The columns with the types they are read as, and those that tell which texts can be read so.
    public var schema: [ColumnSchema] {
        found.map { ColumnSchema(name: $0.name, type: $0.type) }
            + found.compactMap(\.readability).map { ColumnSchema(name: $0, type: .bool) }
    }
}

extension Contract.Object {
    /// The columns whose times are written in a form that is not read here, by their names in the data, with that form in
    /// words.
    var strangeTimes: [(name: String, words: String)] {
        columns.compactMap { column in
            guard column.textType == .date || column.textType == .timestamp,
                let format = timeFormat(of: column.name), !format.isUnderstood
            else { return nil }
            return (
                column.physicalName ?? column.name,
                "times of the form '\(format.pattern)', which is not read here"
            )
        }
    }

    /// The types that columns of text files are read as, by their names in the data.
    var textTypes: [ColumnSchema] {
        let strange = ByName(strangeTimes.map { ($0.name, true) })
        return columns.compactMap { column in
            let name = column.physicalName ?? column.name
            guard strange[name] == nil else { return nil }
            return column.textType.map { ColumnSchema(name: name, type: $0) }
        }
    }
}

extension TableContext.Found {
    /// The column that tells which values can be read as the type; nil where every value of the data is of it.
    public var readability: String? {
        isText && type != .string ? ReadabilityColumn.name(of: name, as: type) : nil
    }

    /// Whether the data hold exact decimal numbers, which are read as their text.
    var isDecimal: Bool {
        type == .string
            && (nativeType.hasPrefix("DECIMAL") || ["HUGEINT", "UHUGEINT", "UBIGINT"].contains(nativeType))
    }
}
