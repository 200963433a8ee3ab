// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A table of FlatBuffers before it is written: its fields by number; nil for those that are left out.
struct FlatTable {
    /// A field.
    indirect enum Field {
        /// A number of 1, 2, 4 or 8 bytes.
        case number(Int64, bytes: Int)
        case text(String)
        case table(FlatTable)
        case tables([FlatTable])
        /// A vector of structs of so many 64-bit numbers each.
        case structs([Int64], numbers: Int)

        static func flag(_ flag: Bool) -> Field { .number(flag ? 1 : 0, bytes: 1) }

        /// The bytes that it takes in its table: a number's own, and those of an offset for all else.
        var inlineBytes: Int { if case .number(_, let bytes) = self { bytes } else { 4 } }
    }

    let fields: [Field?]

    init(_ fields: [Field?] = []) { self.fields = fields }
}
