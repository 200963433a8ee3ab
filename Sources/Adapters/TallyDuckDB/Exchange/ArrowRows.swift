// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import Glibc
public import TallyModel

/// The rows of a Parquet file as an Arrow C stream: DuckDB makes the arrays, and whoever pulls them owns them.
///
/// Rows come in the file's order, 2,048 or fewer at once; the file is read as they are pulled, on the thread that pulls.
@safe public final class ArrowRows {
    private let rows: ResultStream
    private var options: duckdb_arrow_options?
    /// The text of the last failure, as the stream's consumer reads it.
    private var reason: UnsafeMutablePointer<CChar>?
    private let process = getpid()

    private init(_ rows: ResultStream) {
        self.rows = rows
        unsafe options = rows.arrowOptions()
    }

    deinit {
        unsafe duckdb_destroy_arrow_options(&options)
        unsafe free(reason)
    }

    /// Fills an `ArrowArrayStream`; its consumer releases it.
    ///
    /// Throws `E-unreadable` for what is no file, or cannot be read as Parquet; the stream is untouched then.
    public static func open(
        parquet path: String, root: String, settings: EngineSettings, into stream: UnsafeMutableRawPointer
    ) throws(TallyError) {
        // The engine would read a folder as all files in it, and wait for the writer of a pipe.
        if let stamp = FileStamp(of: path), stamp.kind != .file {
            throw TallyError(
                .unreadable, stamp.kind == .folder ? "is a folder, not a Parquet file" : "is no regular file",
                subject: path)
        }
        let database = try DuckDBEngine(root: root, settings: settings).openDatabase(.ordered)
        do throws(DuckFailure) {
            let interrupter = Interrupter()
            let connection = try Connection(database, interrupter)
            try connection.execute("SET TimeZone = 'UTC'")
            let exact = try ParquetSchemas([path], connection).columns(of: path).filter {
                $0.isExact && !$0.name.isEmpty
            }
            .compactMap { column in
                let name = column.engineName.asIdentifier
                return NanosecondText.finite(name, NativeType(name: column.type ?? "")).map {
                    "\($0) AS \(name)" as SQL
                }
            }
            let replaced: SQL = exact.isEmpty ? "" : " REPLACE (\(exact.joined(separator: ", ")))"
            let rows = try connection.stream("SELECT *\(replaced) FROM \(FileReader.parquet([path]))")
            let export = ArrowRows(rows)
            unsafe stream.assumingMemoryBound(to: ArrowArrayStream.self).initialize(to: export.stream)
        } catch {
            throw error.wrapped("read the file", subject: path)
        }
    }

    /// Releases a stream that somebody else made, unless it was released.
    public static func release(_ stream: UnsafeMutableRawPointer) {
        let stream = unsafe stream.assumingMemoryBound(to: ArrowArrayStream.self)
        if let release = unsafe stream.pointee.release { unsafe release(stream) }
    }

    /// The callbacks, with this object as what they work on until the stream is released.
    private var stream: ArrowArrayStream {
        unsafe ArrowArrayStream(
            get_schema: { stream, schema in
                unsafe ArrowRows.answer(stream) { (rows) throws(DuckFailure) in
                    if let schema = unsafe schema { unsafe try rows.rows.writeArrowSchema(schema, rows.options) }
                }
            },
            get_next: { stream, array in
                unsafe ArrowRows.answer(stream) { (rows) throws(DuckFailure) in
                    guard let array = unsafe array else { return }
                    // A released array is the end.
                    unsafe array.initialize(to: ArrowArray())
                    unsafe try rows.rows.next()?.writeArrow(array, rows.options)
                }
            },
            get_last_error: { stream in unsafe ArrowRows.behind(stream).flatMap { unsafe UnsafePointer($0.reason) } },
            release: { stream in
                guard let stream = unsafe stream else { return }
                if let data = unsafe stream.pointee.private_data {
                    unsafe Unmanaged<ArrowRows>.fromOpaque(data).release()
                }
                unsafe stream.pointee.private_data = nil
                unsafe stream.pointee.release = nil
            },
            private_data: Unmanaged.passRetained(self).toOpaque())
    }

    private static func behind(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowRows? {
        unsafe stream?.pointee.private_data.map { unsafe Unmanaged<ArrowRows>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Does what a callback asks for; 0, or an errno with its reason kept.
    private static func answer(
        _ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ work: (ArrowRows) throws(DuckFailure) -> Void
    ) -> Int32 {
        guard let rows = unsafe behind(stream) else { return EINVAL }
        do throws(DuckFailure) {
            // The engine's threads did not come along into a forked child, and would be waited for without end.
            guard getpid() == rows.process else { throw DuckFailure(text: "opened before a fork") }
            try work(rows)
            return 0
        } catch {
            unsafe free(rows.reason)
            unsafe rows.reason = unsafe strdup(error.wrapped("read the rows", subject: nil).message)
            return EIO
        }
    }
}
