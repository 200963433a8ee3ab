// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Turns the bytes of a declared encoding into UTF-8, and leaves out a byte order mark.
final class Transcoder {
    private let source: ByteSource
    private let encoding: TextOptions.Encoding
    private let file: String
    private var isAtStart = true
    private var isBigEndian = false
    /// Bytes of a piece that end in the middle of a character, or of the mark.
    private var rest: [UInt8] = []

    init(_ source: @escaping ByteSource, _ encoding: TextOptions.Encoding, file: String) {
        self.source = source
        self.encoding = encoding
        self.file = file
    }

    /// Hands on what was decoded before and does not begin with the mark.
    init(decoded bytes: [UInt8], file: String) {
        var rest = bytes
        source = { () throws(TallyError) in
            defer { rest = [] }
            return rest
        }
        encoding = .utf8
        self.file = file
        isAtStart = false
    }

    /// The next piece in UTF-8; empty at the end.
    ///
    /// `E-invalid-data` for bytes that the encoding does not know.
    func next() throws(TallyError) -> [UInt8] {
        while true {
            let piece = try source()
            let isEnd = piece.isEmpty
            let decoded: [UInt8]
            switch encoding {
            case .utf8: decoded = withoutMark(piece)
            case .latin1: decoded = single(piece, [])
            case .windows1252: decoded = single(piece, Self.windows)
            case .utf16: decoded = try pairs(piece, isEnd: isEnd)
            }
            if isEnd || !decoded.isEmpty { return decoded }
        }
    }

    private func withoutMark(_ piece: [UInt8]) -> [UInt8] {
        guard isAtStart else { return piece }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = rest + piece
        rest = []
        // A mark may come in pieces.
        if bytes.count < mark.count, mark.starts(with: bytes), !piece.isEmpty {
            rest = bytes
            return []
        }
        isAtStart = false
        return bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    }

    private func single(_ piece: [UInt8], _ table: [UInt16]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece.count)
        for byte in piece {
            if byte < 0x80 {
                bytes.append(byte)
            } else {
                let unit = byte < 0xA0 && !table.isEmpty ? table[Int(byte) - 0x80] : UInt16(byte)
                bytes.append(contentsOf: String(decoding: [unit], as: UTF16.self).utf8)
            }
        }
        return bytes
    }

    private func pairs(_ piece: [UInt8], isEnd: Bool) throws(TallyError) -> [UInt8] {
        var bytes = rest + piece
        rest = []
        if isAtStart, bytes.count >= 2 {
            isBigEndian = bytes[0] == 0xFE && bytes[1] == 0xFF
            if isBigEndian || bytes[0] == 0xFF && bytes[1] == 0xFE { bytes.removeFirst(2) }
            isAtStart = false
        }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
        }
        var kept = units.count * 2
        // Half a surrogate pair waits for its other half.
        if let last = units.last, (0xD800...0xDBFF).contains(last), !isEnd {
            units.removeLast()
            kept -= 2
        }
        rest = Array(bytes[kept...])
        guard let text = String(validating: units, as: UTF16.self), !isEnd || rest.isEmpty else {
            throw TallyError(
                .invalidData, "the bytes are not UTF-16", subject: file, help: "declare the encoding of the files")
        }
        return Array(text.utf8)
    }

    /// The characters of Windows-1252 from 0x80 to 0x9F; what it leaves open stays the control character of Latin-1.
    static let windows: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
