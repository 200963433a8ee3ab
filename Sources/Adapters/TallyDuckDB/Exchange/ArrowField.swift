// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CDuckDB
internal import TallyModel

/// One field of an Arrow schema that came from outside, copied: nothing of it points into the producer's memory.
struct ArrowField {
    /// Why a schema is not taken.
    struct Refusal: Error {
        let reason: String
        var help: Advice?
    }

    let name: String
    /// The format as the producer wrote it.
    let format: String
    let flags: Int64
    let children: [ArrowField]
    /// The values of a dictionary, as an array of one element or none.
    let dictionary: [ArrowField]

    private static let deepest = 32
    private static let mostChildren: Int64 = 100_000

    /// Copies a field; throws for one that is not as the Arrow C data interface says.
    init(_ schema: UnsafeMutablePointer<ArrowSchema>?, depth: Int = 0) throws(Refusal) {
        guard let schema = unsafe schema?.pointee else { throw Refusal(reason: "a field of its schema is missing") }
        guard unsafe schema.release != nil else { throw Refusal(reason: "its schema was released") }
        guard depth < Self.deepest else { throw Refusal(reason: "its types are nested too deep") }
        guard let format = unsafe Self.text(schema.format) else {
            throw Refusal(reason: "a field of its schema has no format")
        }
        let (count, name) = unsafe (schema.n_children, schema.name == nil ? "" : Self.text(schema.name))
        guard let name else { throw Refusal(reason: "the name of a column is not UTF-8") }
        guard (0...Self.mostChildren).contains(count) else {
            throw Refusal(reason: "a field of its schema has \(count) children")
        }
        var children: [ArrowField] = []
        if count > 0 {
            guard let list = unsafe schema.children else {
                throw Refusal(reason: "a field of its schema lacks its children")
            }
            for index in 0..<Int(count) {
                children.append(try unsafe ArrowField(list[index], depth: depth + 1))
            }
        }
        var dictionary: [ArrowField] = []
        if let values = unsafe schema.dictionary {
            dictionary = [try unsafe ArrowField(values, depth: depth + 1)]
        }
        self.name = name
        self.format = format
        flags = unsafe schema.flags
        self.children = children
        self.dictionary = dictionary
    }

    private static func text(_ start: UnsafePointer<CChar>?) -> String? {
        guard let start = unsafe start else { return nil }
        return unsafe String(validatingCString: start)
    }

    /// Whether its values are instants of nanoseconds, which DuckDB has no type for and would cut.
    var isNanosecondInstant: Bool { format.hasPrefix("tsn:") && format != "tsn:" }

    /// The format that DuckDB is told: nanoseconds in UTC are given as nanoseconds on a wall, and lose nothing.
    var formatForEngine: String { isNanosecondInstant ? "tsn:" : format }

    /// The number of buffers, and of children, of its arrays.
    struct Shape {
        /// The number of buffers; the least number where there may be more.
        var buffers: Int
        var mayHaveMore = false
        /// Whether the first buffer says which values are there.
        var hasValidity = true
        /// The number of children; nil for any.
        var children: Int? = 0
        /// The buffers that are needed as soon as there is a row.
        var needed: Range<Int> = 1..<2
    }

    /// The form of its arrays; throws for types that are not taken.
    func shape() throws(Refusal) -> Shape {
        switch format {
        case "n": return Shape(buffers: 0, hasValidity: false, needed: 0..<0)
        case "b", "c", "C", "s", "S", "i", "I", "l", "L", "f", "g", "tdD", "tdm", "tts", "ttm", "ttu", "ttn":
            return Shape(buffers: 2)
        case "z", "u", "Z", "U": return Shape(buffers: 3)
        case "vz", "vu": return Shape(buffers: 3, mayHaveMore: true)
        case "+l", "+L", "+m": return Shape(buffers: 2, children: 1)
        case "+vl", "+vL": return Shape(buffers: 3, children: 1, needed: 1..<3)
        case "+s": return Shape(buffers: 1, children: nil, needed: 0..<0)
        case "+r": return Shape(buffers: 0, hasValidity: false, children: 2, needed: 0..<0)
        case "e":
            throw Refusal(reason: "holds half floats, which lose digits", help: "cast it to float32 or float64")
        default: return try parameterisedShape()
        }
    }

    private func parameterisedShape() throws(Refusal) -> Shape {
        if ["tss:", "tsm:", "tsu:", "tsn:"].contains(where: format.hasPrefix) { return Shape(buffers: 2) }
        if format.hasPrefix("w:"), let width = Int(format.dropFirst(2)), width >= 0 {
            return Shape(buffers: 2, needed: width == 0 ? 0..<0 : 1..<2)
        }
        if format.hasPrefix("+w:"), let width = Int(format.dropFirst(3)), width >= 0 {
            return Shape(buffers: 1, children: 1, needed: 0..<0)
        }
        if format.hasPrefix("d:") {
            let parts = format.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard (2...3).contains(parts.count), let digits = parts[0], parts[1] != nil else {
                throw Refusal(reason: "has the format '\(format)', which is no decimal")
            }
            guard (1...38).contains(digits), parts.count == 2 || parts[2] == 128 else {
                throw Refusal(
                    reason: "holds decimals that are not kept in 128 bits",
                    help: "cast it to a decimal of at most 38 digits in 128 bits, or to a float")
            }
            return Shape(buffers: 2)
        }
        if format.hasPrefix("tD") || format.hasPrefix("ti") {
            throw Refusal(
                reason: "holds durations, for which there is no type", help: "make it a number, such as of seconds")
        }
        if format.hasPrefix("+u") { throw Refusal(reason: "holds values of several types", help: "split it by type") }
        throw Refusal(reason: "has the Arrow format '\(format)', which is not taken")
    }

    /// Looks at the field and all below it; throws for types that are not taken.
    func expectTaken(isNested: Bool = false) throws(Refusal) {
        let shape = try shape()
        guard shape.children == nil || shape.children == children.count else {
            throw Refusal(reason: "has \(children.count) children, and its type has \(shape.children ?? 0)")
        }
        guard !isNested || !isNanosecondInstant else {
            throw Refusal(reason: "holds nanoseconds in UTC within lists", help: "cast them to microseconds")
        }
        if !dictionary.isEmpty, indexBytes == nil {
            throw Refusal(reason: "has a dictionary, and '\(format)' are no whole numbers")
        }
        for child in children + dictionary { try child.expectTaken(isNested: true) }
    }

    /// The size of the indices into its dictionary, negative where they have a sign; nil for what is no index.
    var indexBytes: Int? {
        ["c": -1, "C": 1, "s": -2, "S": 2, "i": -4, "I": 4, "l": -8, "L": 8][format]
    }
}
