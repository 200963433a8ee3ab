// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The shape of a value at one place of a contract.
indirect enum ContractShape: Sendable {
    /// Anything at all.
    case any
    /// Text.
    case text
    /// One of some words.
    case word([String])
    /// Text of a certain form.
    case form(ContractForm)
    /// A whole number, at least so large.
    case whole(atLeast: Int64?)
    /// A number, above zero if asked.
    case number(isPositive: Bool)
    /// True or false.
    case truth
    /// Anything but a list or a mapping.
    case scalar
    /// A mapping of any keys.
    case mapping
    /// A mapping with a table of keys.
    case part(ContractPart)
    /// A list of like things.
    case list(ContractShape, ListLimit = ListLimit())
    /// The first shape that fits the kind of the value.
    case either([ContractShape])

    /// Numbers of any size.
    static let anyNumber = ContractShape.number(isPositive: false)
    /// Whole numbers from zero.
    static let count = ContractShape.whole(atLeast: 0)
    /// A list of texts.
    static let texts = ContractShape.list(.text)

    /// The limits on the number of a list's elements, and whether they must differ.
    struct ListLimit: Sendable {
        var atLeast = 0
        var atMost: Int?
        var isUnique = false
    }

    /// The expected shape, for messages.
    var expected: String {
        switch self {
        case .any: "any value"
        case .text, .form: "text"
        case .word(let words): words.count == 1 ? "'\(words[0])'" : "one of \(words.joined(separator: ", "))"
        case .whole: "a whole number"
        case .number: "a number"
        case .truth: "true or false"
        case .scalar: "one value"
        case .mapping, .part: "a mapping"
        case .list: "a list"
        case .either(let shapes): shapes.map(\.expected).joined(separator: " or ")
        }
    }

    /// Whether a value is of the right kind, whatever is inside it.
    func fits(_ value: JSON) -> Bool {
        switch self {
        case .any: true
        case .text, .form, .word: value.stringValue != nil
        case .truth: value.boolValue != nil
        case .number: value.numberValue != nil
        case .whole: value.numberValue.map { $0.rounded() == $0 } ?? false
        case .scalar: value.arrayValue == nil && value.objectValue == nil
        case .mapping, .part: value.objectValue != nil
        case .list: value.arrayValue != nil
        case .either(let shapes): shapes.contains { $0.fits(value) }
        }
    }
}

/// The keys of one mapping of a contract.
struct ContractRule: Sendable {
    /// The mapping in plain words with its article.
    let subject: String
    /// The keys in the order of the standard.
    var keys: [(name: String, shape: ContractShape)]
    /// The keys that must be written.
    var required: [String] = []
    /// Whether other keys are allowed.
    var isOpen = false

    /// The shape of a key.
    subscript(name: String) -> ContractShape? { keys.first { $0.name == name }?.shape }
}

/// The mappings of a contract.
enum ContractPart: Sendable, Hashable {
    case root
    case description
    case server
    case context
    case statement
    case constraint
    case object
    case property
    case item
    case options(of: String?)
    case map
    case enumValue
    case synonym
    case relationship(isOfProperty: Bool)
    case quality
    case definition
    case support
    case price
    case team
    case member
    case role
    case serviceLevel
    case customProperty
}
