// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// One node of a YAML document with its place: the form in which definitions are read, free of the parser's types.
struct YAMLNode: Sendable {
    /// The content of a node.
    enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    /// A key and its value.
    struct Entry: Sendable {
        let key: YAMLNode
        let value: YAMLNode
    }

    /// The content.
    let content: Content
    /// The position of its start; the length covers a scalar up to the end of its first line.
    let location: SourceLocation
    /// Whether the node was refused with a diagnostic (an anchor or a tag), so that no more is reported about it.
    var isRefused = false

    /// The text of a scalar; nil for lists and mappings.
    var text: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// The elements of a list; empty for anything else.
    var items: [YAMLNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    /// The entries of a mapping; empty for anything else.
    var entries: [Entry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// The first entry of a key; nil when the node is no mapping or lacks the key.
    func entry(_ key: String) -> Entry? {
        entries.first { $0.key.text == key }
    }

    /// The value of a key; nil when the node is no mapping or lacks the key.
    func value(_ key: String) -> YAMLNode? {
        entry(key)?.value
    }

    /// Whether nothing is written: an empty plain scalar, or YAML's null.
    var isAbsent: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// The kind of node in plain words.
    var shape: String {
        switch content {
        case .scalar: "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A scalar of the file: its text, its style, and the place of each part of the text.
struct YAMLScalar: Sendable {
    /// The style of a scalar.
    enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        case literal
        case folded
    }

    /// The text, unescaped and unfolded; never interpreted as a number or truth value.
    let text: String
    /// The style.
    let style: Style
    /// The position in the file of each Unicode scalar of the text.
    let layout: ScalarLayout
}
