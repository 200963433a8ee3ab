// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Reads the golden vectors of `Tests/Vectors`, which pin stored bytes and fingerprints for ever.
public enum GoldenVectors {
    /// The path of a vector file, found from the path of a test's source file.
    public static func path(_ name: String, from file: String) -> String {
        var folder = FileName.folder(of: file)
        while !FileName.exists(folder + "/Vectors"), folder != "/", folder != "." {
            folder = FileName.folder(of: folder)
        }
        return folder + "/Vectors/" + name
    }

    /// The vectors of a file, an array of objects.
    public static func read(_ name: String, from file: String = #filePath) throws(TallyError) -> [JSON] {
        let path = path(name, from: file)
        guard let bytes = try AtomicFile.read(path) else { throw TallyError(.notFound, "no such file", subject: path) }
        do throws(JSONProblem) {
            return try JSON(parsing: String(decoding: bytes, as: UTF8.self)).arrayValue ?? []
        } catch {
            throw TallyError(.corrupt, error.message, subject: path)
        }
    }

    /// A value written as `{"type": …, "value": …}`, a null without `value`; nil for anything else.
    ///
    /// Integers and times are decimal text, floats their bits and bytes hexadecimal digits, an array its elements in turn.
    public static func value(_ json: JSON) -> Value? {
        guard let type = json["type"]?.stringValue.flatMap({ DataType(name: $0) }) else { return nil }
        guard let value = json["value"], value != .null else { return .null }
        return read(value, as: type)
    }

    private static func read(_ json: JSON, as type: DataType) -> Value? {
        let text = json.stringValue ?? ""
        switch type {
        case .bool: return json.boolValue.map { .bool($0) }
        case .int32: return Int32(text).map { .int32($0) }
        case .int64: return Int64(text).map { .int64($0) }
        case .date: return Int32(text).map { .date(CalendarDate(days: $0)) }
        case .timestamp: return Int64(text).map { .timestamp(Timestamp(microseconds: $0)) }
        case .float32: return UInt32(text, radix: 16).map { .float32(Float(bitPattern: $0)) }
        case .float64: return UInt64(text, radix: 16).map { .float64(Double(bitPattern: $0)) }
        case .string: return json.stringValue.map { .string($0) }
        case .bytes: return bytes(text).map { .bytes($0) }
        case .array(let element):
            guard let elements = json.arrayValue else { return nil }
            let values = elements.compactMap { $0 == .null ? .null : read($0, as: element) }
            return values.count == elements.count ? .array(values) : nil
        }
    }

    /// The bytes of hexadecimal digits; nil for an odd count or other characters.
    public static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Bytes as lower-case hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
