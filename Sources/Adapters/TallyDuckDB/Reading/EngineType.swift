// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A type of DuckDB with its parts, as `DESCRIBE` prints it.
indirect enum EngineType {
    /// A type without parts, or of parts that no file has.
    case plain(String)
    /// A list; `brackets` holds a length where it has one.
    case list(EngineType, brackets: String)
    case structure([(name: String, type: EngineType)])
    case map(EngineType, EngineType)

    /// Takes a name apart.
    init(_ name: String) {
        if name.hasSuffix("]"), let bracket = name.lastIndex(of: "[") {
            self = .list(EngineType(String(name[..<bracket])), brackets: String(name[bracket...]))
            return
        }
        if let parts = Self.parts(of: name, "STRUCT(") {
            let fields = parts.compactMap(Self.field)
            if fields.count == parts.count {
                self = .structure(fields)
                return
            }
        }
        if let parts = Self.parts(of: name, "MAP("), parts.count == 2 {
            self = .map(EngineType(parts[0]), EngineType(parts[1]))
            return
        }
        self = .plain(name)
    }

    /// The name of the type.
    var name: String {
        switch self {
        case .plain(let name): name
        case .list(let element, let brackets): element.name + brackets
        case .structure(let fields):
            "STRUCT(" + fields.map { Self.spelled($0.name) + " " + $0.type.name }.joined(separator: ", ") + ")"
        case .map(let key, let value): "MAP(\(key.name), \(value.name))"
        }
    }

    /// The type whose innermost types have other names where one is given; nil where there are not as many of them.
    func renaming(_ leaves: [String?]) -> EngineType? {
        var left = leaves[...]
        let renamed = renamed(&left)
        return left.isEmpty ? renamed : nil
    }

    private func renamed(_ leaves: inout ArraySlice<String?>) -> EngineType? {
        switch self {
        case .plain: return leaves.popFirst().map { $0.map(EngineType.plain) ?? self }
        case .list(let element, let brackets):
            return element.renamed(&leaves).map { .list($0, brackets: brackets) }
        case .structure(let fields):
            var renamed: [(name: String, type: EngineType)] = []
            for field in fields {
                guard let type = field.type.renamed(&leaves) else { return nil }
                renamed.append((field.name, type))
            }
            return .structure(renamed)
        case .map(let key, let value):
            guard let key = key.renamed(&leaves), let value = value.renamed(&leaves) else { return nil }
            return .map(key, value)
        }
    }

    /// A name of a part as it was found: one that needs no quotes has none.
    private static func spelled(_ name: String) -> String {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.isLowercaseOrDigit }
        return isPlain ? name : name.quoted(by: "\"")
    }

    /// What stands between the parentheses of a type, part by part; nil for another type.
    private static func parts(of name: String, _ opening: String) -> [String]? {
        guard name.hasPrefix(opening), name.hasSuffix(")") else { return nil }
        var parts: [[UInt8]] = [[]]
        var (quote, open): (UInt8?, Int) = (nil, 0)
        for byte in name.utf8.dropFirst(opening.utf8.count).dropLast() {
            if let quoted = quote {
                // A doubled quote closes the text and opens it again.
                if byte == quoted { quote = nil }
            } else if "\"'".utf8.contains(byte) {
                quote = byte
            } else if byte == UInt8(ascii: "(") {
                open += 1
            } else if byte == UInt8(ascii: ")") {
                open -= 1
            } else if byte == UInt8(ascii: ","), open == 0 {
                parts.append([])
                continue
            }
            if byte == UInt8(ascii: " "), quote == nil, parts[parts.count - 1].isEmpty { continue }
            parts[parts.count - 1].append(byte)
        }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A name and the type behind it.
    private static func field(_ part: String) -> (name: String, type: EngineType)? {
        let bytes = Array(part.utf8)
        let quote = UInt8(ascii: "\"")
        var (name, place): ([UInt8], Int) = ([], 0)
        if bytes.first == quote {
            place = 1
            while place < bytes.count {
                if bytes[place] == quote {
                    guard place + 1 < bytes.count, bytes[place + 1] == quote else { break }
                    place += 1
                }
                name.append(bytes[place])
                place += 1
            }
            place += 1
        } else {
            while place < bytes.count, bytes[place] != UInt8(ascii: " ") {
                name.append(bytes[place])
                place += 1
            }
        }
        guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: " ") else { return nil }
        return (
            String(decoding: name, as: UTF8.self), EngineType(String(decoding: bytes[(place + 1)...], as: UTF8.self))
        )
    }
}

extension UInt8 {
    fileprivate var isLowercaseOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
