// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Files read as one table, or a query whose schema is asked for.
public struct TableReference: Sendable, Hashable {
    /// The place from which the rows are read.
    public enum Rows: Sendable, Hashable {
        /// Globs (`*`, `**`, `?`, `[…]`) of files of one format, and so paths without these characters; see `paths`.
        case files([String], Source.FileFormat)
        /// A query in the engine's SQL; relative paths in it start at the repository.
        case query(String)

        /// Files by their very paths, whatever characters are in them.
        public static func paths(_ paths: [String], _ format: Source.FileFormat) -> Rows {
            .files(paths.map(FileGlob.exactly), format)
        }
    }

    /// The place from which the rows are read.
    public let rows: Rows
    /// The zone of time columns without a zone: an IANA name.
    public let timeZone: String
    /// The options by which text becomes values, where the files are text.
    public let text: TextOptions
    /// The declared types of columns; text in them has the declared type, and no type is inferred.
    public let types: [ColumnSchema]
    /// Whether columns of text files without a declared type are text, without inferring a type from their values.
    public let takesTextAsText: Bool
    /// The pattern of the paths whose folders `name=value` are columns (`HivePartitions`); nil where folders mean nothing.
    public let partitions: String?
    /// Whether text that is not a value of its type is read as null; the reader then asks the `ReadabilityColumn`
    /// beside it.
    public private(set) var unreadableIsNull = false

    /// Names a table.
    public init(
        rows: Rows, timeZone: String = "UTC", text: TextOptions = .plain, types: [ColumnSchema] = [],
        takesTextAsText: Bool = false, partitions: String? = nil
    ) {
        self.rows = rows
        self.timeZone = timeZone
        self.text = text
        self.types = types
        self.takesTextAsText = takesTextAsText
        self.partitions = partitions
    }

    /// The same table, with text that is not a value of its type read as null.
    public var readingUnreadableAsNull: TableReference {
        var table = self
        table.unreadableIsNull = true
        return table
    }
}

/// The result of `describe`: files and columns.
public struct TableDescription: Sendable, Hashable {
    /// The extent to which a table is described.
    public enum Extent: Sendable, Hashable {
        /// The files only.
        case files
        /// The files and their columns.
        case columns
    }

    /// One column as the files have it.
    public struct Column: Sendable, Hashable {
        /// The column's name.
        public let name: String
        /// The type it is read as; nil when none of ours holds it without loss.
        public let type: DataType?
        /// The engine's name of the type, such as `DECIMAL(18,3)`.
        public let nativeType: String
        /// The type that carries every value without loss, as text if need be; nil when none does.
        public let carrier: DataType?
        /// The engine's type of values that the carrier cuts; nil where the carrier has all of them.
        ///
        /// Read as text they keep all their digits, and are written as this type from that text.
        public let exactType: String?
        /// Whether the files hold text, so that `type` is what was declared, or else what the values look like.
        public let isText: Bool
        /// Whether no file has a value of it, so that it can be read as anything: as nulls.
        public let isValueless: Bool
        /// The disagreement between files, naming two of them, when no type holds the values of all; nil otherwise.
        public let conflict: String?
        /// A file that has values of this type, where the files are not alike in this column; nil else.
        public let file: String?
        /// The files without a value of it; nil when every file has some, or when the files were not examined.
        public let gap: ColumnGap?

        /// Describes a column; without a carrier its own type carries it.
        public init(
            name: String, type: DataType?, nativeType: String, carrier: DataType? = nil, isText: Bool = false,
            isValueless: Bool = false, conflict: String? = nil, exactType: String? = nil, gap: ColumnGap? = nil,
            file: String? = nil
        ) {
            self.name = name
            self.type = type
            self.nativeType = nativeType
            self.carrier = carrier ?? type
            self.isText = isText
            self.isValueless = isValueless
            self.conflict = conflict
            self.gap = gap
            self.exactType = exactType
            self.file = file
        }

        /// Returns the column with a gap.
        public func lacking(_ gap: ColumnGap?) -> Column {
            Column(
                name: name, type: type, nativeType: nativeType, carrier: carrier, isText: isText,
                isValueless: isValueless, conflict: conflict, exactType: exactType, gap: gap,
                file: file)
        }

        /// The type that a column of a text file is read as where one is promised; nil where it is read as it was found.
        public func textType(promised: DataType?) -> DataType? {
            guard isText, let promised, reads(as: promised) else { return nil }
            return promised
        }

        /// Whether the column can be read as a promised type: widened without loss, or value by value.
        ///
        /// Each text and each whole number is looked at when it is read: one that is no such value is an error then, never
        /// a null and never another value.
        public func reads(as promised: DataType) -> Bool {
            if isText || isValueless { return true }
            guard let type else { return false }
            if type.widens(to: promised) { return true }
            switch (type, promised) {
            case (.int64, .float64), (.int64, .float32), (.int32, .float32): return true
            default: return false
            }
        }
    }

    /// The files, sorted by path; empty for a query.
    public let files: [String]
    /// The columns in order; empty when there is no file.
    public let columns: [Column]

    /// Describes a table.
    public init(files: [String], columns: [Column]) {
        self.files = files
        self.columns = columns
    }
}

/// A request to read columns of a table, each as a type.
public struct ScanRequest: Sendable, Hashable {
    /// One column of the result.
    public struct Column: Sendable, Hashable {
        /// The part of a column that is wanted.
        public enum Part: Sendable, Hashable {
            /// Its values.
            case value
            /// The nanoseconds that rounding cuts from its times, as int32: the time less the rounded one; 0 for null. A list
            /// gives the sum of its elements. The column is left out of batches whose rows cannot have any.
            case cutNanoseconds
        }

        /// The column in the table.
        public let name: String
        /// Its name in the batches.
        public let alias: String
        /// The type to read it as; nil for the type that carries it without loss (`TableDescription.Column.carrier`).
        public let type: DataType?
        /// The edge of the day that a timestamp takes when it is given as a day; nil when days are not accepted as
        /// times.
        public let day: DayEdge?
        /// The direction in which times finer than microseconds are rounded.
        public let rounding: Timestamp.Rounding
        /// The part of the column that is wanted.
        public let part: Part

        /// Asks for a column.
        public init(
            name: String, alias: String? = nil, type: DataType?, day: DayEdge? = nil,
            rounding: Timestamp.Rounding = .down
        ) {
            self.init(name, as: alias ?? name, type, day, rounding, .value)
        }

        private init(
            _ name: String, as alias: String, _ type: DataType?, _ day: DayEdge?, _ rounding: Timestamp.Rounding,
            _ part: Part
        ) {
            self.name = name
            self.alias = alias
            self.type = type
            self.day = day
            self.rounding = rounding
            self.part = part
        }

        /// Asks for the nanoseconds that are cut from the times of this column, under another name.
        public func cutNanoseconds(as alias: String) -> Column {
            Column(name, as: alias, type, day, rounding, .cutNanoseconds)
        }
    }

    /// A lower bound on the rows: those with a time after an instant have to be in the result.
    public struct After: Sendable, Hashable {
        /// Time columns of the table; a row counts when one of them is later, a day when its end is.
        public let columns: [String]
        /// The instant.
        public let time: Timestamp

        /// Asks for later rows.
        public init(columns: [String], time: Timestamp) {
            self.columns = columns
            self.time = time
        }
    }

    /// The table.
    public let table: TableReference
    /// The columns in the order of the batches.
    public let columns: [Column]
    /// Rows that are not later may be left out, where that spares reading them; nil for all rows.
    public let after: After?
    /// The subject of the scan, for reports of progress: `view origin_weather`; nil for a scan without reports.
    public let subject: String?
    /// The counter of times without a zone that name no single instant; nil to count none.
    public let times: TimeTally?

    /// Asks for columns of a table.
    public init(
        table: TableReference, columns: [Column], after: After? = nil, subject: String? = nil, times: TimeTally? = nil
    ) {
        self.times = times
        self.table = table
        self.columns = columns
        self.after = after
        self.subject = subject
    }
}

/// A file to write.
public struct WriteRequest: Sendable, Hashable {
    /// One column of the file.
    public struct Column: Sendable, Hashable {
        /// Name and type of the column in the batches.
        public let schema: ColumnSchema
        /// The engine's type to write it as, for a column that was read from a table; nil for our own type.
        public let nativeType: String?

        /// Describes a column.
        public init(schema: ColumnSchema, nativeType: String? = nil) {
            self.schema = schema
            self.nativeType = nativeType
        }
    }

    /// The path of the file; its folder exists.
    public let path: String
    /// Parquet or CSV.
    public let format: Source.FileFormat
    /// The columns in order.
    public let columns: [Column]
    /// Key-value metadata of a Parquet file; other formats have none and ignore it.
    public let metadata: [String: String]
    /// Metadata keys whose values come after the last row, each with the exact length of its value in bytes.
    public let reservedMetadata: [String: Int]

    /// Describes a file.
    public init(
        path: String, format: Source.FileFormat, columns: [Column], metadata: [String: String] = [:],
        reservedMetadata: [String: Int] = [:]
    ) {
        self.path = path
        self.format = format
        self.columns = columns
        self.metadata = metadata
        self.reservedMetadata = reservedMetadata
    }
}

/// The destination to which a producer sends the batches of a file; `send` waits while the file is behind.
public struct BatchSink: Sendable {
    /// Sends the next rows; the schema is that of the request's columns.
    public let send: @Sendable (Batch) async throws(TallyError) -> Void

    /// Wraps a way to send.
    public init(send: @escaping @Sendable (Batch) async throws(TallyError) -> Void) {
        self.send = send
    }
}
