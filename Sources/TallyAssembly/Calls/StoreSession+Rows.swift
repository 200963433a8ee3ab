// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

extension StoreSession {
    /// Fills an `ArrowArrayStream` with the rows of a Parquet file at an absolute path; its consumer releases it.
    public func rows(ofParquet path: String, into stream: UnsafeMutableRawPointer) throws(TallyError) {
        guard path.isAbsolutePath, !path.utf8.contains(0) else {
            throw TallyError(.misuse, "the path is not absolute", subject: "rows")
        }
        unsafe try store.rows(ofParquet: path, into: stream)
    }
}
