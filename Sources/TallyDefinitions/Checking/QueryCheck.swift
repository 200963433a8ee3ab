// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Reports an engine's error in a query, at its place in the definition.
enum QueryCheck {
    /// Reports why the query of a source does not run; silent for a source of files.
    static func report(
        _ failure: TallyError, _ source: Source, _ located: LocatedDefinition, _ findings: DiagnosticCollector
    ) {
        guard case .query(let sql) = source.location else { return }
        let place = place(of: failure.offset, in: sql, located)
        let message = "the query of source '\(source.name)' does not run: \(failure.message)"
        switch failure.code {
        case .invalidDefinitions: findings.error(DefinitionCode.query, message, at: place, help: failure.help)
        // As with files that a path does not find: definitions can be checked before their data are there.
        case .unreadable:
            findings.warning(
                DefinitionCode.query, message, at: place,
                help: failure.help ?? "paths in a query start at the folder of tally.yaml")
        default: break
        }
    }

    /// The place in the file: the word at the offset, else the whole value.
    private static func place(
        of offset: Int?, in sql: String, _ located: LocatedDefinition
    ) -> SourceLocation {
        let whole = located.place("query")
        guard let offset, let node = located.node.value("query"), case .scalar(let scalar) = node.content,
            scalar.layout.isExact
        else { return whole }
        let scalars = Array(sql.unicodeScalars)
        var bytes = 0
        var start = 0
        while start < scalars.count, bytes < offset {
            bytes += UTF8.width(scalars[start])
            start += 1
        }
        guard start < scalars.count else { return whole }
        var end = start + 1
        while end < scalars.count, scalars[end].properties.isAlphabetic || scalars[end].isDigitOrLine { end += 1 }
        return scalar.layout.location(of: start..<end, in: whole.file)
    }
}

extension Unicode.Scalar {
    /// Whether it continues a name that began with a letter.
    fileprivate var isDigitOrLine: Bool { self == "_" || ("0"..."9").contains(self) }
}
