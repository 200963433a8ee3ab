// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension StoreSession {
    /// Fills an `ArrowArrayStream` with the rows of a Parquet file at an absolute path; its consumer releases it.
    public func rows(ofParquet path: String, into stream: UnsafeMutableRawPointer) throws(TallyError) {
        try expectAbsolute(path, "rows")
        unsafe try store.rows(ofParquet: path, into: stream)
    }

    /// Writes the rows of an `ArrowArrayStream` to a new Parquet file at an absolute path, and releases the stream.
    public func put(
        _ stream: UnsafeMutableRawPointer, as path: String, isStopped: @escaping () -> Bool
    ) throws(TallyError) -> JSON {
        try expectAbsolute(path, "put")
        let received = try unsafe store.receive(stream, as: path, isStopped: isStopped)
        return .object([
            ("rows", .exact(Int64(received.rows))), ("columns", .array(received.columns.map { .string($0) })),
        ])
    }

    private func expectAbsolute(_ path: String, _ call: String) throws(TallyError) {
        guard path.isAbsolutePath, !path.utf8.contains(0) else {
            throw TallyError(.misuse, "the path is not absolute", subject: call)
        }
    }
}
