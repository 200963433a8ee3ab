// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TallyError {
    /// The part of an error that a client may read: all that it can act on, and nothing about others.
    ///
    /// Where things lie on the server's machine, and which processes run there, is for its log.
    var told: TallyError {
        switch code {
        case .misuse, .invalidData, .notFound, .notMaterialized, .conflict, .corrupt, .clock, .needsPython:
            TallyError(
                code, Self.withoutPlaces(message), subject: subject.map(Self.withoutPlaces),
                help: help?.mappingWords(Self.withoutPlaces))
        // The values found are only for those who may see the data.
        case .brokenPromise:
            TallyError(
                code, "its data break a promise that keeps them out", subject: subject.map(Self.withoutPlaces),
                help: "`\(.verify)` on the server's machine shows which, and in which rows")
        case .busy:
            TallyError(
                code, "another process on the server's machine keeps the registry for itself",
                help: "try again in some seconds; the server's log tells which process, under the request's id")
        default: TallyError(.internal, "the request failed; the server's log says why, under its request id")
        }
    }

    /// Whether a client reads less than the whole error.
    var isWithheld: Bool {
        let told = told
        return code != told.code || !message.isSame(as: told.message) || (subject ?? "") != (told.subject ?? "")
            || help != told.help
    }

    /// A text with the last part alone of each absolute path.
    ///
    /// A path begins with a slash that no word stands before, and ends with a blank, a quote or a comma.
    private static func withoutPlaces(_ text: String) -> String {
        var told: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "/"), told.last.map(beginsPath) ?? true else {
                told.append(byte)
                rest.removeFirst()
                continue
            }
            let path = rest.prefix { !endsPath($0) }
            rest = rest.dropFirst(path.count)
            let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path
            told += path.dropFirst().contains(UInt8(ascii: "/")) ? Array("…/".utf8) + name : Array(path)
        }
        return String(decoding: told, as: UTF8.self)
    }

    /// Whether a slash behind a byte begins a path: not in a word, in a relative path or behind a scheme.
    private static func beginsPath(_ byte: UInt8) -> Bool {
        endsPath(byte) || [UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "="), UInt8(ascii: "<")].contains(byte)
    }

    private static func endsPath(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: ",")].contains(byte)
    }
}
