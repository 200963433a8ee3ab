// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

@testable import TallyServer

/// Bodies of requests behind a byte that chooses what they are read as.
///
/// All readers agree about what is JSON, and a column that was read is written as what reads back as the same one.
struct BodyTarget: FuzzTarget {
    static let name = "Body"
    let words = [
        "{\"", "\":", "null", "true", "[[", "]]", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\"entities\":{",
        "\"features\":[",
        "\"feature_service\":", "\"service\":", "\"request\":{", "\"at\":", "\"start_ts\":", "\"end_ts\":",
        "\"feature_views\":[", "\"full_feature_names\":true", "\"NaN\"", "\"-Infinity\"", "2013-01-01T00:00:00Z", "1e5",
        "view:feature", "AAH6/w==",
    ]

    private static let types: [DataType] =
        DataType.scalars + [.array(.int64), .array(.string), .array(.array(.float32))]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        let bodies = [
            #"{"service":"a","entities":{"k":["JFK",null]},"request":{"c":[270,0.5]},"at":"2013-01-01T00:00:00Z"}"#,
            #"{"features":["planes:serial"],"entities":{"tail":[1,2]},"full_feature_names":true}"#,
            #"{"start_ts":"2012-01-01","end_ts":"2013-01-01T00:00:00Z","feature_views":["planes"]}"#,
            "[1,-9007199254740993,null]", "[0.1,\"NaN\",1e-400]", "[\"\\u00e9\",\"\"]", "[[1,null],[],null]",
            "[\"2013-01-01T12:00:00.000001Z\"]", "[true,false,null]", "[\"AAH6/w==\"]", "[\"1970-01-02\"]",
        ]
        return bodies.enumerated().flatMap { index, body in
            [UInt8(index < 3 ? index : index + 1), UInt8(index)].map { [$0] + Array(body.utf8) }
        }
    }

    func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let choice = Int(input.byte()) % (4 + Self.types.count)
        let bytes = Array(input.rest)
        try agree(bytes)
        switch choice {
        case 0: problem(bytes) { (scanner) throws(BodyProblem) in _ = try VectorsBody(&scanner) }
        case 1: problem(bytes) { (scanner) throws(BodyProblem) in _ = try FeastBody(&scanner) }
        case 2, 3:
            problem(bytes) { (scanner) throws(BodyProblem) in
                _ = try MaterializeBody(&scanner, ServerSettings(), needsEnd: choice == 2)
            }
        default: try column(bytes, Self.types[choice - 4])
        }
        problem(bytes) { (scanner) throws(BodyProblem) in
            _ = try FeatureName.list(&scanner, at: 0..<bytes.count, limit: 100, longest: 100)
        }
    }

    private func problem(_ bytes: [UInt8], _ read: (inout JSONScanner) throws(BodyProblem) -> Void) {
        do throws(BodyProblem) {
            var scanner = try JSONScanner(bytes)
            try read(&scanner)
        } catch {
            _ = error.path
        }
    }

    private func column(_ bytes: [UInt8], _ type: DataType) throws {
        guard let column = read(bytes, type, limit: 1_000) else { return }
        var writer = JSONWriter(capacity: 100)
        writer.raw("[")
        writer.values(column)
        writer.raw("]")
        let again = read(writer.bytes, type, limit: 1_000)
        try FuzzFinding.unless(
            again?.count == column.count
                && (0..<column.count).allSatisfy { again?[$0].isIdentical(to: column[$0]) ?? false },
            "a column of \(type) is written as another one: \(text(writer.bytes))")
    }

    private func read(_ bytes: [UInt8], _ type: DataType, limit: Int) -> Column? {
        var column: Column?
        problem(bytes) { (scanner) throws(BodyProblem) in
            let read = try scanner.readColumn(type, limit: limit)
            try scanner.finish()
            column = read
        }
        return column
    }

    /// Walking over, reading value by value and the general reader take the same texts.
    private func agree(_ bytes: [UInt8]) throws {
        var (isSkipped, tree) = (false, JSON?.none)
        problem(bytes) { (scanner) throws(BodyProblem) in
            try scanner.skipValue()
            try scanner.finish()
            isSkipped = true
        }
        problem(bytes) { (scanner) throws(BodyProblem) in
            let read = try Self.tree(&scanner)
            try scanner.finish()
            tree = read
        }
        // A number beyond all doubles is JSON, but no value.
        try FuzzFinding.unless(tree == nil || isSkipped, "what can be read cannot be walked over")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            try FuzzFinding.unless(!isSkipped, "what is not UTF-8 was taken")
            return
        }
        let general: JSON
        do throws(JSONProblem) {
            general = try JSON(parsing: text)
        } catch {
            try FuzzFinding.unless(tree == nil || error.message.contains("appears twice"), "\(error) was read")
            return
        }
        // The general reader follows deeper nesting.
        try FuzzFinding.unless(tree == general || tree == nil && Self.depth(general) > 127, "another tree")
    }

    private static func depth(_ json: JSON) -> Int {
        switch json {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .members(let members): 1 + (members.map { depth($0.value) }.max() ?? 0)
        case .null, .bool, .int, .double, .string: 0
        }
    }

    private static func tree(_ scanner: inout JSONScanner, depth: Int = 0) throws(BodyProblem) -> JSON {
        guard depth < JSONScanner.deepestNesting else { throw BodyProblem("too deep") }
        if try scanner.takeNull() { return .null }
        if let flag = try scanner.readBool() { return .bool(flag) }
        if try scanner.peek() == UInt8(ascii: "\"") { return .string(try scanner.readString()) }
        if try scanner.enterArray() {
            var (elements, isFirst) = ([JSON](), true)
            while try scanner.nextElement(&isFirst) { elements.append(try tree(&scanner, depth: depth + 1)) }
            return .array(elements)
        }
        if try scanner.enterObject() {
            var (members, isFirst) = ([JSON.Member](), true)
            while let name = try scanner.nextMember(&isFirst) {
                members.append(JSON.Member(name, try tree(&scanner, depth: depth + 1)))
            }
            return .members(members)
        }
        let token = try scanner.readNumber()
        if let number = scanner.integer(token) { return .int(number) }
        guard let number = scanner.float64(token) else { throw BodyProblem("out of range") }
        return .double(number)
    }
}
