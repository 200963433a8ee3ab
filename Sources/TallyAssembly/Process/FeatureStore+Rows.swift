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
}
