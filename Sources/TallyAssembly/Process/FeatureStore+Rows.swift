// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDuckDB
public import TallyModel

extension FeatureStore {
    /// Fills an `ArrowArrayStream` with the rows of a Parquet file, such as a training set; its consumer releases it.
    ///
    /// The file is read as the rows are pulled, on the thread that pulls. Throws `E-unreadable`; the stream is untouched then.
    public func rows(ofParquet path: String, into stream: UnsafeMutableRawPointer) throws(TallyError) {
        unsafe try ArrowRows.open(parquet: path, root: root, settings: limits.settings, into: stream)
    }

    /// Releases a stream that was not read, unless it was released.
    public static func release(_ stream: UnsafeMutableRawPointer) { unsafe ArrowRows.release(stream) }

    /// Writes the rows of an `ArrowArrayStream` to a new Parquet file, and releases the stream.
    ///
    /// Throws `E-misuse` where there is a file already, and what the engine throws.
    public func receive(
        _ stream: UnsafeMutableRawPointer, as path: String, isStopped: @escaping () -> Bool
    ) throws(TallyError) -> (rows: Int, columns: [String]) {
        guard !FileName.exists(path) else {
            throw TallyError(
                .misuse, "there is a file already", subject: path, help: "name a new file; no other one is replaced")
        }
        let engine = try DuckDBEngine(root: root, settings: limits.settings)
        let table = try unsafe engine.receive(stream, as: path, isStopped: isStopped)
        return (table.rows, table.columns)
    }
}
