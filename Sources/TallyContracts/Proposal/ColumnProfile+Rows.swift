// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

extension ColumnProfile {
    /// Looks at some rows of a column.
    mutating func add(_ column: Column, _ places: [Int]) {
        rows += places.count
        let present = places.filter { column.validity[$0] }
        nulls += places.count - present.count
        switch column.storage {
        case .bool(let flags): keepSample(column, places) { UInt64(flags[$0]) }
        case .int32(let numbers): addIntegers(column, places, present) { Int64(numbers[$0]) }
        case .int64(let numbers): addIntegers(column, places, present) { numbers[$0] }
        case .float32(let numbers): for place in present { add(float: Double(numbers[place])) }
        case .float64(let numbers): for place in present { add(float: numbers[place]) }
        case .bytes(let offsets, let bytes):
            keepSample(column, places) { SeededHash.hash(bytes[offsets[$0]..<offsets[$0 + 1]]) }
            guard type == .string else { return }
            for place in present { add(text: bytes, offsets[place]..<offsets[place + 1]) }
        case .array(let offsets, let elements):
            for place in present { add(list: elements, offsets[place]..<offsets[place + 1]) }
        }
    }

    private mutating func addIntegers(
        _ column: Column, _ places: [Int], _ present: [Int], _ number: (Int) -> Int64
    ) {
        keepSample(column, places) { SplitMix64.mixed(UInt64(bitPattern: number($0))) }
        let isListed = type == .int32 || type == .int64
        for place in present {
            let value = number(place)
            Self.extend(&integers, value)
            if isListed, !values.isOver { values.add(SplitMix64.mixed(UInt64(bitPattern: value)), column[place]) }
        }
    }

    private mutating func add(float number: Double) {
        if number.isNaN {
            nans += 1
        } else if number.isInfinite {
            infinities += 1
        } else {
            Self.extend(&floats, number.canonical)
        }
    }

    private mutating func add(text bytes: [UInt8], _ range: Range<Int>) {
        if isDecimal {
            let text = String(decoding: bytes[range], as: UTF8.self)
            if let number = DecimalNumber(text) { Self.extend(&decimals, number) }
            return
        }
        // Every scalar has one byte that is no continuation.
        Self.extend(&lengths, bytes[range].count { $0 & 0xC0 != 0x80 })
        values.add(SeededHash.hash(bytes[range]), .string(String(decoding: bytes[range], as: UTF8.self)))
        for index in forms.indices.reversed() {
            if !forms[index].matcher.matches(bytes, from: range.lowerBound, to: range.upperBound) {
                forms.remove(at: index)
            }
        }
    }

    private mutating func add(list elements: Column, _ range: Range<Int>) {
        Self.extend(&lengths, range.count)
        if range.contains(where: { !elements.validity[$0] }) { hasNullElement = true }
        let isNaN: (Int) -> Bool
        let isInfinite: (Int) -> Bool
        switch elements.storage {
        case .float32(let numbers): (isNaN, isInfinite) = ({ numbers[$0].isNaN }, { numbers[$0].isInfinite })
        case .float64(let numbers): (isNaN, isInfinite) = ({ numbers[$0].isNaN }, { numbers[$0].isInfinite })
        case .bool, .int32, .int64, .bytes, .array: return
        }
        if range.contains(where: isNaN) {
            nans += 1
        } else if range.contains(where: isInfinite) {
            infinities += 1
        }
    }

    private mutating func keepSample(_ column: Column, _ places: [Int], _ hash: (Int) -> UInt64) {
        for place in places.prefix(Self.sampleSize - sample.count) {
            sample.append(column.validity[place] ? hash(place) : nil)
        }
    }

    private static func extend<Bound: Comparable>(_ range: inout ClosedRange<Bound>?, _ value: Bound) {
        guard let known = range else {
            range = value...value
            return
        }
        if value < known.lowerBound {
            range = value...known.upperBound
        } else if value > known.upperBound {
            range = known.lowerBound...value
        }
    }
}
