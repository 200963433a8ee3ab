// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Column {
    /// The same values with zero (or an empty value) in the slot of each null, as equal columns must have.
    public func zeroingNulls() -> Column {
        guard !validity.isAllPresent else { return self }
        func cleared<Element>(_ values: [Element], _ zero: Element) -> [Element] {
            var values = values
            for index in values.indices where !validity[index] { values[index] = zero }
            return values
        }
        switch storage {
        case .bool(let values): return Column(type: type, storage: .bool(cleared(values, 0)), validity: validity)
        case .int32(let values): return Column(type: type, storage: .int32(cleared(values, 0)), validity: validity)
        case .int64(let values): return Column(type: type, storage: .int64(cleared(values, 0)), validity: validity)
        case .float32(let values): return Column(type: type, storage: .float32(cleared(values, 0)), validity: validity)
        case .float64(let values): return Column(type: type, storage: .float64(cleared(values, 0)), validity: validity)
        case .bytes, .array: return Column(type: type, values: self.values)
        }
    }
}
