// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Collects the nanoseconds that rounding cuts from the values of a column.
final class CutBuilder: ColumnBuilder {
    private let type: DataType
    private let reader: TimeReader
    var vectorType: VectorType { VectorType(type, reader) }
    private var cuts: [Int32] = []

    /// `type` is that of the values: timestamps, or lists of them.
    init(_ type: DataType, _ reader: TimeReader) {
        self.type = type
        self.reader = reader
    }

    func append(_ vector: Vector, _ rows: Range<Int>) {
        for row in rows { cuts.append(reader.cut(of: vector, row, as: type)) }
    }

    func take() -> Column {
        defer { cuts = [] }
        return Column(type: .int32, storage: .int32(cuts))
    }
}
