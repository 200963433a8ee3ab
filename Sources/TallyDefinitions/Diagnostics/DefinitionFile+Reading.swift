// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
import TallyModel

extension DefinitionFile {
    /// One file of a repository; nil with a diagnostic when it cannot be read.
    static func read(_ path: String, in root: String, _ findings: DiagnosticCollector) -> DefinitionFile? {
        let start = SourceLocation(file: path, line: 1, column: 1)
        let bytes: [UInt8]
        do throws(TallyError) {
            bytes = try content("\(root)/\(path)")
        } catch {
            findings.error(
                DefinitionCode.unreadableFile, "the file cannot be read: \(error.underlying ?? error.message)",
                at: start,
                help: "see that it is a file of definitions and that you may read it")
            return nil
        }
        switch decode(path: path, bytes: bytes) {
        case .success(let file): return file
        case .failure(let problem):
            findings.add(problem.diagnostic)
            return nil
        }
    }

    /// The bytes of a regular file that is not larger than anybody writes one.
    private static func content(_ path: String) throws(TallyError) -> [UInt8] {
        if let size = FileStamp(of: path)?.size, size > largestFile {
            throw TallyError(.unreadable, "it has \(size) bytes, and \(largestFile) are the most that are read")
        }
        guard let bytes = try AtomicFile.read(path) else { throw TallyError(.unreadable, "it is not there") }
        return bytes
    }

    private static let largestFile: Int64 = 64 << 20

    /// The reason why a file's bytes are not text.
    struct DecodingProblem: Error {
        let diagnostic: Diagnostic
    }

    /// The text of a file's bytes, without a byte order mark; a diagnostic at the first byte that is not UTF-8.
    static func decode(path: String, bytes: [UInt8]) -> Result<DefinitionFile, DecodingProblem> {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) {
            return .success(DefinitionFile(path: path, text: text))
        }
        // The longest prefix that is text tells the place.
        var low = content.startIndex
        for index in content.indices where content[index] == 0x0A {
            guard String(validating: content[low...index], as: UTF8.self) != nil else { break }
            low = index + 1
        }
        let line = content[..<low].count { $0 == 0x0A } + 1
        var end = low
        while let width = scalarWidth(content[end...]) { end += width }
        let column = String(decoding: content[low..<end], as: UTF8.self).unicodeScalars.count + 1
        let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        return .failure(
            DecodingProblem(
                diagnostic: Diagnostic(
                    DefinitionCode.encoding, "the file is not UTF-8 text",
                    at: SourceLocation(file: path, line: line, column: column),
                    help: isUTF16 ? "it looks like UTF-16: save it as UTF-8" : "save it as UTF-8")))
    }

    /// Returns the number of bytes in the first scalar; nil when they are no scalar.
    private static func scalarWidth(_ bytes: ArraySlice<UInt8>) -> Int? {
        (1...4).first { width in
            bytes.count >= width && String(validating: bytes.prefix(width), as: UTF8.self)?.unicodeScalars.count == 1
        }
    }
}
