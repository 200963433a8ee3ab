// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Reads arrays of JSON values straight into typed columns; nothing is cast silently.
///
/// | type | JSON |
/// |---|---|
/// | bool | `true`, `false` |
/// | int32, int64 | a number without fraction and exponent, in range |
/// | float32, float64 | a number, rounded to the nearest; `"NaN"`, `"Infinity"`, `"-Infinity"` |
/// | string | a string |
/// | bytes | a string in base64 |
/// | timestamp | a string, RFC 3339 with an offset |
/// | date | a string, `YYYY-MM-DD` |
/// | array | an array |
///
/// `null` is a null of any type.
extension JSONScanner {
    /// Takes an array of at most `limit` values of a type.
    mutating func readColumn(_ type: DataType, limit: Int) throws(BodyProblem) -> Column {
        guard try enterArray() else { throw BodyProblem("expected a list of values, one for each entity") }
        switch type {
        case .int64:
            let (values, nulls) = try readValues(limit, 0) { (scanner) throws(BodyProblem) in try scanner.readInt64() }
            return Column(type: type, storage: .int64(values), validity: Self.validity(nulls, values.count))
        case .int32:
            let (values, nulls) = try readValues(limit, 0) { (scanner) throws(BodyProblem) in try scanner.readInt32() }
            return Column(type: type, storage: .int32(values), validity: Self.validity(nulls, values.count))
        case .float64:
            let (values, nulls) = try readValues(limit, 0) { (scanner) throws(BodyProblem) in
                try scanner.readFloat64()
            }
            return Column(type: type, storage: .float64(values), validity: Self.validity(nulls, values.count))
        case .float32:
            let (values, nulls) = try readValues(limit, 0) { (scanner) throws(BodyProblem) in
                try scanner.readFloat32()
            }
            return Column(type: type, storage: .float32(values), validity: Self.validity(nulls, values.count))
        case .bool:
            let (values, nulls) = try readValues(limit, 0) { (scanner) throws(BodyProblem) -> UInt8 in
                guard let flag = try scanner.readBool() else { throw scanner.unexpected(.bool) }
                return flag ? 1 : 0
            }
            return Column(type: type, storage: .bool(values), validity: Self.validity(nulls, values.count))
        case .timestamp, .date, .string, .bytes, .array:
            let (values, _) = try readValues(limit, Value.null) { (scanner) throws(BodyProblem) in
                try scanner.readValue(type)
            }
            return Column(type: type, values: values)
        }
    }

    /// Reads the elements of an array that was entered; `absent` fills the slots of nulls, whose positions are
    /// returned.
    private mutating func readValues<Element>(
        _ limit: Int, _ absent: Element, _ read: (inout JSONScanner) throws(BodyProblem) -> Element
    ) throws(BodyProblem) -> (values: [Element], nulls: [Int]) {
        var values: [Element] = []
        var nulls: [Int] = []
        var isFirst = true
        while try nextElement(&isFirst) {
            guard values.count < limit else { throw BodyProblem("more than \(limit) entities") }
            if try takeNull() {
                nulls.append(values.count)
                values.append(absent)
                continue
            }
            do throws(BodyProblem) {
                values.append(try read(&self))
            } catch {
                throw error.inside(.element(values.count))
            }
        }
        return (values, nulls)
    }

    private static func validity(_ nulls: [Int], _ count: Int) -> Validity {
        guard !nulls.isEmpty else { return Validity(allPresent: count) }
        var words = [UInt64](repeating: .max, count: (count + 63) / 64)
        for index in nulls { words[index >> 6] &= ~(1 << UInt64(index & 63)) }
        return Validity(words: words, count: count)
    }

    private mutating func readInt64() throws(BodyProblem) -> Int64 {
        guard try isAtNumber() else { throw unexpected(.int64) }
        let token = try readNumber()
        guard token.isInteger else { throw BodyProblem("expected int64, found a number with fraction or exponent") }
        guard let value = integer(token) else { throw BodyProblem("expected int64, found a number out of its range") }
        return value
    }

    private mutating func readInt32() throws(BodyProblem) -> Int32 {
        guard try isAtNumber() else { throw unexpected(.int32) }
        let token = try readNumber()
        guard token.isInteger else { throw BodyProblem("expected int32, found a number with fraction or exponent") }
        guard let value = integer(token).flatMap({ Int32(exactly: $0) }) else {
            throw BodyProblem("expected int32, found a number out of its range")
        }
        return value
    }

    private mutating func readFloat64() throws(BodyProblem) -> Double {
        guard try isAtNumber() else { return try readNonFinite(.float64) }
        guard let value = float64(try readNumber()) else {
            throw BodyProblem("expected float64, found a number out of its range")
        }
        return value
    }

    private mutating func readFloat32() throws(BodyProblem) -> Float {
        guard try isAtNumber() else { return Float(try readNonFinite(.float32)) }
        guard let value = float32(try readNumber()) else {
            throw BodyProblem("expected float32, found a number out of its range")
        }
        return value
    }

    private mutating func readNonFinite(_ type: DataType) throws(BodyProblem) -> Double {
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected(type) }
        switch try readString() {
        case "NaN": return Double.nan.canonical
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: throw BodyProblem("expected \(type), found a string")
        }
    }

    private mutating func readValue(_ type: DataType) throws(BodyProblem) -> Value {
        switch type {
        case .array(let element):
            guard try peek() == UInt8(ascii: "[") else { throw unexpected(type) }
            return .array(try readColumn(element, limit: .max).values)
        case .bool, .int32, .int64, .float32, .float64: throw unexpected(type)
        case .string, .bytes, .timestamp, .date: break
        }
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected(type) }
        let text = try readString()
        switch type {
        case .timestamp:
            guard let time = Timestamp(text) else {
                throw BodyProblem("expected timestamp, found a string that is not RFC 3339 with an offset")
            }
            return .timestamp(time)
        case .date:
            guard let date = CalendarDate(text) else {
                throw BodyProblem("expected date, found a string that is not YYYY-MM-DD")
            }
            return .date(date)
        case .bytes:
            guard let raw = Base64.decode(text) else { throw BodyProblem("expected bytes, found no base64") }
            return .bytes(raw)
        case .string, .bool, .int32, .int64, .float32, .float64, .array: return .string(text)
        }
    }

    private func unexpected(_ type: DataType) -> BodyProblem {
        guard offset < bytes.count else { return problem("the text ends too early") }
        let found =
            switch bytes[offset] {
            case UInt8(ascii: "\""): "a string"
            case UInt8(ascii: "{"): "an object"
            case UInt8(ascii: "["): "a list"
            case UInt8(ascii: "t"), UInt8(ascii: "f"): "a truth value"
            case UInt8(ascii: "n"): "null"
            default: "a number"
            }
        return BodyProblem("expected \(type), found \(found)")
    }
}
