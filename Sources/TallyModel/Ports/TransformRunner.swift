// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Runs functions in Python, where the process has a Python.
///
/// Training and serving call the same runner, which calls the function once for each row: so both get the same values.
public protocol TransformRunner: Sendable {
    /// The language with its version, such as `python 3.11.9`, which a training set's manifest records.
    var language: String { get }

    /// The outputs of a transform for rows of its inputs, in declared order and types.
    ///
    /// `firstRow` is the number of the first row, from 0, for errors. Throws `E-transform` where the function fails or gives
    /// something else than was promised, where its file is not the applied one, and where what it needs is not installed.
    func run(_ transform: PythonTransform, on inputs: Batch, firstRow: Int) throws(TallyError) -> [Column]
}
