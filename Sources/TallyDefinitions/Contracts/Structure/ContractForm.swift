// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// Forms of text that the standard asks for with patterns.
enum ContractForm: Sendable, Hashable {
    /// An identifier that does not change.
    case identifier(ContractStandard)
    /// A property, as `object.property` or by a path of identifiers.
    case reference(ContractStandard)
    /// The place of a server that is reached by SFTP.
    case sftp

    /// The expected form, for messages.
    var expected: String {
        switch self {
        case .identifier(.v32): "expected no white space and none of . # / \\ @ ! % & ^"
        case .identifier: "expected letters, digits, '_' and '-'"
        case .reference: "expected 'object.property' or 'schema/object/properties/property'"
        case .sftp: "expected 'sftp://…'"
        }
    }

    /// Whether a text has the form.
    func matches(_ text: String) -> Bool {
        switch self {
        case .identifier(let standard): Self.isIdentifier(text[...], standard)
        case .reference(let standard): Self.isShorthand(text, standard) || Self.isPath(text, standard)
        case .sftp: text.utf8.starts(with: "sftp://".utf8)
        }
    }

    private static func isIdentifier(_ text: Substring, _ standard: ContractStandard) -> Bool {
        guard !text.isEmpty else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            standard == .v32
                ? !scalar.properties.isWhitespace && !".#/\\@!%&^".unicodeScalars.contains(scalar)
                : isLetter(scalar) || isDigit(scalar) || scalar == "-"
        }
    }

    /// `object.property`; version 3.2 allows dashes, and properties of properties.
    private static func isShorthand(_ text: String, _ standard: ContractStandard) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard standard == .v32 ? parts.count >= 2 : parts.count == 2 else { return false }
        return parts.allSatisfy { isName($0, withDashes: standard == .v32) }
    }

    /// `schema/object/properties/property`, perhaps with a leading slash and behind a file and `#`.
    private static func isPath(_ text: String, _ standard: ContractStandard) -> Bool {
        let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            var file = halves[0]
            for scheme in ["https://", "http://"] where file.hasPrefix(scheme) { file = file.dropFirst(scheme.count) }
            let endings = standard == .v32 ? [".yaml", ".yml"] : [".yaml"]
            guard let ending = endings.first(where: file.hasSuffix), file.count > ending.count,
                file.unicodeScalars.allSatisfy({ isLetter($0) || isDigit($0) || "._-/".unicodeScalars.contains($0) })
            else { return false }
        }
        guard var path = halves.last else { return false }
        if path.hasPrefix("/") { path = path.dropFirst() }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count % 2 == 0 else { return false }
        return parts.enumerated().allSatisfy { index, part in
            index % 2 == 0 ? isName(part, withDashes: false) : isIdentifier(part, standard)
        }
    }

    private static func isName(_ text: Substring, withDashes: Bool) -> Bool {
        guard let first = text.unicodeScalars.first, isLetter(first) else { return false }
        return text.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) || (withDashes && $0 == "-") }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
