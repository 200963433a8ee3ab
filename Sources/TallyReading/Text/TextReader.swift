// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reads the rows of one text file as columns of declared types (`docs/reading.md`).
///
/// What cannot be read becomes a null in its place and a failure in the collection that the reader was given: the
/// consumer of the batches checks the failures before it uses the values. Used by one thread at a time.
public final class TextReader {
    /// The way in which a file is read.
    public struct Request: Sendable {
        /// The columns in order; one that the file lacks is null.
        public let columns: [TextColumn]
        /// The options by which text becomes values.
        public let options: TextOptions
        /// Turns wall times into instants; nil for UTC.
        public let clock: WallClock?
        /// Whether a text that is no value of its type is null, and no failure.
        public let isLenient: Bool

        /// Describes what to read.
        public init(
            columns: [TextColumn], options: TextOptions, clock: WallClock? = nil, isLenient: Bool = false
        ) {
            self.columns = columns
            self.options = options
            self.clock = clock
            self.isLenient = isLenient
        }

        /// Returns the request for other columns.
        public func reading(_ columns: [TextColumn]) -> Request {
            Request(columns: columns, options: options, clock: clock, isLenient: isLenient)
        }
    }

    private let rows: any RowSource
    private let takers: [ValueTaker]
    private let schema: [ColumnSchema]
    private let counts: ReadingCounts

    /// Opens a file; `partitions` are values that its folders give, by column.
    public convenience init(
        _ format: Source.FileFormat, _ source: @escaping ByteSource, named file: String, _ request: Request,
        partitions: [(name: String, value: String?)] = [], failures: ReadingFailures
    ) {
        self.init(
            format, Transcoder(source, request.options.encoding, file: file), nil, request,
            Place(file: file, failures: failures, partitions: partitions))
    }

    /// Opens a piece of a file.
    public convenience init(
        _ format: Source.FileFormat, _ piece: TextPiece, named file: String, _ request: Request,
        partitions: [(name: String, value: String?)] = [], failures: ReadingFailures
    ) {
        self.init(
            format, Transcoder(decoded: piece.bytes, file: file), piece, request,
            Place(file: file, failures: failures, partitions: partitions))
    }

    private init(
        _ format: Source.FileFormat, _ bytes: Transcoder, _ piece: TextPiece?, _ request: Request, _ place: Place
    ) {
        let counts = ReadingCounts()
        self.counts = counts
        schema = request.columns.map { ColumnSchema(name: $0.name, type: $0.outputType) }
        var told = Set<TextColumn.Question>()
        let starts = Set(request.columns.filter { $0.day == .start && $0.part == .values }.map(\.values))
        takers = request.columns.map { column in
            // What cannot be read is told once, however many ways a column is read in; only values tell of it.
            let isTold = told.contains(column.values)
            if column.part == .values { told.insert(column.values) }
            // A time that is read as the start and as the end of its day is counted once.
            let isSecond = column.day == .end && starts.contains(column.values)
            let counts = isSecond ? ReadingCounts() : counts
            return ValueTaker(
                column,
                ColumnSink.make(column, options: request.options, clock: request.clock, counts: counts),
                request.options, isLenient: request.isLenient || isTold)
        }
        let line = piece?.line ?? 1
        switch format {
        case .json: rows = JSONRows(bytes, takers, place, line: line)
        case .csv, .parquet:
            rows = CSVRows(
                bytes, takers, place, delimiter: request.options.delimiter, given: piece?.names, line: line)
        }
    }

    /// The place from which rows come, for messages and for columns that are folders.
    struct Place {
        let file: String
        let failures: ReadingFailures
        let partitions: [(name: String, value: String?)]

        /// The folder's value of a column; nil where no folder gives one.
        func partition(_ name: String) -> (value: String?, Void)? {
            partitions.first { $0.name.utf8.elementsEqual(name.utf8) }.map { ($0.value, ()) }
        }

        /// The error for a column of the file that a folder gives too; nil when there is none.
        func collision(with columns: [String]) -> TallyError? {
            HivePartitions.collision(of: file, partitions.map(\.name), with: columns)
        }
    }

    /// The next rows, at most `limit`; nil at the end of the file.
    public func next(_ limit: Int) throws(TallyError) -> Batch? {
        let count = try rows.take(limit)
        guard count > 0 else { return nil }
        return Batch(schema: schema, columns: takers.map { $0.sink.take() }, count: count)
    }

    /// Wall times so far that the clock of the zone skipped or showed twice.
    public var irregularTimes: Int { counts.irregularTimes }
    /// Times so far that are days without a time of day.
    public var days: Int { counts.days }
}

/// Rows of a text file, one after the other.
protocol RowSource: AnyObject {
    /// Hands up to `limit` rows to the takers; the number of rows, zero at the end.
    func take(_ limit: Int) throws(TallyError) -> Int
}
