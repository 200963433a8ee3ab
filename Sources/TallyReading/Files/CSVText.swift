// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Writes records of CSV so that the same options read the same texts and nulls again.
public struct CSVText: Sendable {
    private let options: TextOptions
    private let nulls: Set<[UInt8]>

    /// Writes in the dialect and the encoding of some options.
    public init(_ options: TextOptions) {
        self.options = options
        nulls = Set(options.nulls.map { Array($0.utf8) })
    }

    /// Returns one record with its line break; nil is null, and the empty text is quoted.
    ///
    /// `E-unwritable` for a character that the encoding has not.
    public func record(_ fields: [String?]) throws(TallyError) -> [UInt8] {
        var text: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { text.append(options.delimiter) }
            guard let field else { continue }
            let bytes = Array(field.utf8)
            guard needsQuotes(bytes) else {
                text += bytes
                continue
            }
            text.append(UInt8(ascii: "\""))
            for byte in bytes { text += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
            text.append(UInt8(ascii: "\""))
        }
        text.append(0x0A)
        return try encoded(text)
    }

    /// The bytes before the first record: the byte order mark.
    public var start: [UInt8] { options.encoding == .utf16 ? [0xFF, 0xFE] : [] }

    private func needsQuotes(_ bytes: [UInt8]) -> Bool {
        // A mark at the start of the file would be taken for one of the encoding.
        bytes.isEmpty || nulls.contains(bytes) || bytes.starts(with: [0xEF, 0xBB, 0xBF])
            || bytes.contains { $0 == options.delimiter || $0 == 0x0A || $0 == 0x0D || $0 == 0x22 }
    }

    private func encoded(_ bytes: [UInt8]) throws(TallyError) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        switch options.encoding {
        case .utf8: return bytes
        case .utf16: return text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .latin1, .windows1252:
            var encoded: [UInt8] = []
            for scalar in text.unicodeScalars {
                guard let byte = byte(of: scalar) else {
                    throw TallyError(
                        .unwritable, "a character is not in the encoding \(options.encoding.rawValue)", subject: nil)
                }
                encoded.append(byte)
            }
            return encoded
        }
    }

    private func byte(of scalar: Unicode.Scalar) -> UInt8? {
        if options.encoding == .windows1252, let index = Transcoder.windows.firstIndex(where: { $0 == scalar.value }) {
            return UInt8(0x80 + index)
        }
        return scalar.value < 0x100 ? UInt8(scalar.value) : nil
    }
}
