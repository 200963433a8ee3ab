// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The declared meaning of values beyond their promises, as labels that a table carries and a reader expects.
///
/// A reader without an expectation takes any label; one with an expectation refuses what is not labelled, or otherwise.
enum MeaningLabel {
    /// The rule by which a label of a table is compared with what a reader expects.
    enum Kind: Sendable, Hashable {
        /// The two must be the same.
        case identity
        /// The label must not be longer than what is expected: a duration.
        case atMost
        /// The label must not be higher than what is expected: a word of `classes`.
        case classification
        /// Every expected environment must be among those labelled.
        case environments
        /// The treatment of a missing value must not be milder than expected.
        case missing
        /// Data cannot tell: a default, a transform, a source.
        case silent
    }

    private static let kinds: [String: Kind] = [
        "ttl": .atMost, "labelDelay": .atMost, "classification": .classification, "environments": .environments,
        "onMissing": .missing, "default": .silent, "transformHash": .silent, "transformVersion": .silent,
        "transformLogic": .silent, "transformSourceObjects": .silent,
        // These stand in the table itself.
        "eventTime": .silent, "createdTime": .silent,
    ]

    static func kind(of key: String) -> Kind { kinds[key] ?? .identity }

    /// The words of classification from the most open to the most closed.
    static let classes = ["public", "internal", "confidential", "restricted", "secret"]

    /// Returns the refusals by a reader of the labels in a writer's tables.
    static func refusals(writer: TableSide, reader: TableSide) -> [Refusal] {
        guard let written = writer.object, let read = reader.object else { return [] }
        var refusals: [Refusal] = []
        func compare(_ column: String?, _ key: String, _ writtenLabel: JSON?, _ readLabel: JSON?) {
            guard let reason = reason(key, writtenLabel, readLabel) else { return }
            refusals.append(Refusal(target: .meaning(column, key), reason: reason))
        }
        compare(nil, "keys", keys(written), keys(read))
        compare(nil, "event time", written.eventTime.map { .string($0) }, read.eventTime.map { .string($0) })
        compare(nil, "known time", written.knownTime.map { .string($0) }, read.knownTime.map { .string($0) })
        for key in Set(written.meaning.keys).union(read.meaning.keys).sorted() {
            compare(nil, key, written.meaning[key], read.meaning[key])
        }
        if let reason = expiry(writer, reader) {
            refusals.append(Refusal(target: .meaning(nil, "ttl"), reason: reason))
        }
        for column in read.columns {
            guard let source = writer.column(column.name) else { continue }
            for key in Set(source.meaning.keys).union(column.meaning.keys).sorted() {
                compare(column.name, key, source.meaning[key], column.meaning[key])
            }
            for key in ["dimensions", "elementType", "normalized"] {
                compare(column.name, key, writer.vector(column.name, key), reader.vector(column.name, key))
            }
        }
        return refusals
    }

    private static func keys(_ object: Contract.Object) -> JSON? {
        object.keys.isEmpty ? nil : .array(object.keys.sorted().map { .string($0) })
    }

    /// Returns the reason why a label is not the expected one; nil when it is.
    static func reason(_ key: String, _ written: JSON?, _ read: JSON?) -> String? {
        let written = written == .null ? nil : written
        let read = read == .null ? nil : read
        let difference = "\(key) \(words(written)) is read as \(words(read))"
        switch kind(of: key) {
        case .silent: return nil
        case .identity:
            if key == "normalized" { return (written ?? .bool(false)) == (read ?? .bool(false)) ? nil : difference }
            return read == nil || written?.canonicalText == read?.canonicalText ? nil : difference
        case .atMost:
            guard let read else { return nil }
            guard let limit = duration(read) else { return written == read ? nil : difference }
            guard let length = written.flatMap(duration) else { return difference }
            return length <= limit ? nil : "\(key) \(words(written)) where at most \(words(read)) is expected"
        case .classification:
            guard let read, let written, written != read else { return nil }
            guard let wanted = level(read), let given = level(written) else { return difference }
            return given <= wanted ? nil : "classification \(words(written)) where \(words(read)) is expected"
        case .environments:
            guard let given = written.map(environments) else { return nil }
            guard let wanted = read.map(environments) else { return "only in \(words(written))" }
            let missing = wanted.filter { !given.contains($0) }
            return missing.isEmpty ? nil : "not in \(Phrases.names(missing))"
        case .missing: return strictness(written) < strictness(read) ? difference : nil
        }
    }

    /// Values too old for the writer are served as null, which the reader may forbid.
    private static func expiry(_ writer: TableSide, _ reader: TableSide) -> String? {
        guard let shorter = writer.object?.meaning["ttl"].flatMap(duration) else { return nil }
        if let longer = reader.object?.meaning["ttl"].flatMap(duration), longer <= shorter { return nil }
        let keys = Set(reader.object?.keys ?? []).union(
            [reader.object?.eventTime, reader.object?.knownTime].compactMap { $0 })
        let column = reader.object?.columns.first { column in
            column.isRequired && !keys.contains(column.name)
                && (writer.column(column.name)?.meaning["default"] ?? .null) == .null
                && writer.column(column.name) != nil
        }
        return column.map { "'\($0.name)' is served as null after \(TimeSpan(microseconds: shorter))" }
    }

    static func words(_ label: JSON?) -> String { label.map { $0.stringValue ?? $0.compactText } ?? "none" }

    private static func environments(_ label: JSON) -> [String] {
        label.arrayValue?.compactMap(\.stringValue) ?? label.stringValue.map { [$0] } ?? []
    }

    static func level(_ label: JSON) -> Int? { label.stringValue.flatMap { classes.firstIndex(of: $0.lowercased()) } }

    static func strictness(_ label: JSON?) -> Int {
        switch label?.stringValue {
        case "error": 2
        case "default": 1
        case _: 0
        }
    }

    /// Microseconds of `7d` or of an ISO 8601 duration of weeks, days, hours, minutes and seconds.
    static func duration(_ label: JSON) -> Int64? {
        if let number = label.exactValue { return number }
        guard let text = label.stringValue else { return nil }
        if let span = TimeSpan(text) { return span.microseconds }
        guard text.hasPrefix("P"), text.count > 2 else { return nil }
        var total: Int64 = 0
        var digits = ""
        var isTime = false
        for character in text.dropFirst() {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            if character == "T", digits.isEmpty, !isTime {
                isTime = true
                continue
            }
            let seconds: [Character: Int64] = isTime ? ["H": 3600, "M": 60, "S": 1] : ["W": 604_800, "D": 86_400]
            guard let number = Int64(digits), let unit = seconds[character] else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit * 1_000_000)
            let (sum, carried) = total.addingReportingOverflow(product)
            guard !overflow, !carried else { return nil }
            total = sum
            digits = ""
        }
        return digits.isEmpty ? total : nil
    }
}
