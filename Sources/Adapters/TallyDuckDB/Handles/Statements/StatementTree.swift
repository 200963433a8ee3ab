// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The tree of a statement as DuckDB's parser writes it, in JSON, of which parts are exchanged as they stand.
///
/// It is not read into values and written again: it has numbers that our JSON does not hold.
struct StatementTree {
    private(set) var bytes: [UInt8]

    /// Takes what `json_serialize_sql` gave.
    init(_ text: String) { bytes = Array(text.utf8) }

    /// The tree as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Where tables stand that may be files, from the first to the last.
    var tables: [Range<Int>] {
        objects(openings: ["BASE_TABLE", "TABLE_FUNCTION"].map { "{\"type\":\"\($0)\"" })
    }

    /// Where objects stand whose text begins so, from the first to the last.
    private func objects(openings: [String]) -> [Range<Int>] {
        let openings = openings.map { Array($0.utf8) }
        var (open, found): ([Int], [Range<Int>]) = ([], [])
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): place = endOfString(from: place)
            case UInt8(ascii: "{"):
                open.append(place)
                place += 1
            case UInt8(ascii: "}"):
                place += 1
                guard let start = open.popLast() else { break }
                if openings.contains(where: { bytes[start...].starts(with: $0) }) { found.append(start..<place) }
            default: place += 1
            }
        }
        return found.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Gives numbers their types in so many words where DuckDB writes down what its parser takes for another type.
    ///
    /// `5e3` is a DOUBLE, and is written `5000.0`, which is a DECIMAL; `7.` is a DECIMAL, and is written `7`.
    mutating func spellTypesOfNumbers() {
        let constants = objects(openings: ["{\"class\":\"CONSTANT\",\"type\":\"VALUE_CONSTANT\""])
        replace(constants.compactMap { range in typed(constantAt: range).map { (range, $0) } })
    }

    /// A number with a cast to its type; nil for a constant that is written as what it is.
    private func typed(constantAt range: Range<Int>) -> String? {
        guard let value = member("value", ofObjectAt: range.lowerBound),
            let type = member("type", ofObjectAt: value.lowerBound),
            let number = member("value", ofObjectAt: value.lowerBound),
            let id = member("id", ofObjectAt: type.lowerBound).map(text(of:)),
            let alias = member("alias", ofObjectAt: range.lowerBound).map(text(of:))
        else { return nil }
        let place = member("query_location", ofObjectAt: range.lowerBound).map(text(of:)) ?? "0"
        let content: String
        switch id {
        case "\"DOUBLE\"":
            content =
                "{\"type\":{\"id\":\"VARCHAR\",\"type_info\":null},\"is_null\":false,\"value\":\"\(text(of: number))\"}"
        case "\"DECIMAL\"":
            guard let digits = member("type_info", ofObjectAt: type.lowerBound),
                member("scale", ofObjectAt: digits.lowerBound).map(text(of:)) == "0"
            else { return nil }
            content = text(of: value)
        default: return nil
        }
        return """
            {"class":"CAST","type":"OPERATOR_CAST","alias":\(alias),"query_location":\(place),\
            "child":{"class":"CONSTANT","type":"VALUE_CONSTANT","alias":"","query_location":\(place),\
            "value":\(content)},"cast_type":\(text(of: type)),"try_cast":false}
            """
    }

    /// The value of a member of the object at a place.
    func member(_ name: String, ofObjectAt start: Int) -> Range<Int>? {
        members(ofObjectAt: start).first { $0.name.isSame(as: name) }?.value
    }

    /// Where a number stands that is an infinity to the parser, which JSON cannot say; nil where none does.
    var placeOfEndlessNumber: Int? {
        let constants = objects(openings: ["{\"class\":\"CONSTANT\",\"type\":\"VALUE_CONSTANT\""])
        for constant in constants {
            guard let value = member("value", ofObjectAt: constant.lowerBound),
                let number = member("value", ofObjectAt: value.lowerBound),
                ["Infinity", "-Infinity", "NaN"].contains(text(of: number))
            else { continue }
            return member("query_location", ofObjectAt: constant.lowerBound).flatMap { Int(text(of: $0)) } ?? 0
        }
        return nil
    }

    /// The elements of the array at a place.
    func elements(ofArrayAt start: Int) -> [Range<Int>] {
        var elements: [Range<Int>] = []
        var place = start + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "]") {
            let end = endOfValue(from: place)
            elements.append(place..<end)
            place = end
            if place < bytes.count, bytes[place] == UInt8(ascii: ",") { place += 1 }
        }
        return elements
    }

    /// The members of the object at a place, each with the range of its value.
    func members(ofObjectAt start: Int) -> [(name: String, value: Range<Int>)] {
        var members: [(name: String, value: Range<Int>)] = []
        var place = start + 1
        while place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            let end = endOfString(from: place)
            let name = String(decoding: bytes[(place + 1)..<max(place + 1, end - 1)], as: UTF8.self)
            // Behind the name stands a colon.
            let first = end + 1
            let last = endOfValue(from: first)
            members.append((name, first..<last))
            place = last
            if place < bytes.count, bytes[place] == UInt8(ascii: ",") { place += 1 }
        }
        return members
    }

    /// The text of a part.
    func text(of range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Puts texts in the places of parts, which lie one behind the other.
    mutating func replace(_ parts: [(range: Range<Int>, text: String)]) {
        for part in parts.reversed() { bytes.replaceSubrange(part.range, with: part.text.utf8) }
    }

    private func endOfString(from start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, bytes.count)
    }

    private func endOfValue(from start: Int) -> Int {
        var (place, open) = (start, 0)
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): place = endOfString(from: place)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open == 0 { return place }
                open -= 1
                place += 1
            case UInt8(ascii: ","):
                if open == 0 { return place }
                place += 1
            default: place += 1
            }
        }
        return place
    }
}

/// A statement as DuckDB wrote it down of its tree: one that gives rows, as its parser makes trees of no others.
struct WrittenStatement: Sendable {
    let text: String

    private init(text: String) { self.text = text }

    /// Has DuckDB write a tree down.
    init(_ tree: StatementTree, _ connection: Connection) throws(DuckFailure) {
        self.init(text: try connection.texts("SELECT json_deserialize_sql(\(tree.text.asLiteral))").first?[0] ?? "")
    }
}
