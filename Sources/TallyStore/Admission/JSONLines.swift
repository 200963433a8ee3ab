// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The lines of a file of JSON lines, which are its rows: blank ones are none.
struct JSONLines: ~Copyable {
    private let file: OpenFile
    private let path: String
    private var piece: [UInt8] = []
    private var position = 0
    /// The number of rows that were passed on.
    private(set) var count = 0

    private static let pieceBytes = 1 << 18

    /// Opens a file; `E-unreadable` when that fails.
    init(_ path: String) throws(TallyError) {
        self.path = path
        do throws(OpenFile.Failure) {
            file = try OpenFile.reading(path)
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    /// The next row without its line break; nil at the end.
    mutating func next() throws(TallyError) -> [UInt8]? {
        while true {
            var line: [UInt8] = []
            var isEnded = false
            while !isEnded {
                if position == piece.count {
                    do throws(OpenFile.Failure) {
                        piece = try file.read(upTo: Self.pieceBytes)
                    } catch {
                        throw Self.unreadable(path, error)
                    }
                    position = 0
                    if piece.isEmpty { break }
                }
                let end = piece[position...].firstIndex(of: UInt8(ascii: "\n"))
                line += piece[position..<(end ?? piece.count)]
                position = end.map { $0 + 1 } ?? piece.count
                isEnded = end != nil
            }
            if line.contains(where: { !Self.isBlank($0) }) {
                count += 1
                return line
            }
            if !isEnded { return nil }
        }
    }

    /// Skips rows up to the one with a number, counted from 0.
    mutating func skip(to row: Int) throws(TallyError) {
        while count < row, try next() != nil {}
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func unreadable(_ path: String, _ failure: OpenFile.Failure) -> TallyError {
        TallyError(.unreadable, "could not be read: \(failure.message)", subject: path, underlying: failure.message)
    }
}
