// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The custom properties of a mapping that speak to this program.
///
/// Since 3.2 an entry says `vendor: tallystick`; 3.0 and 3.1 know no vendor, and the name says it: `tallyEventTime` stands
/// for `eventTime`.
struct VendorProperties {
    /// One property.
    struct Entry {
        /// The name without a prefix.
        let name: String
        /// The node of the name.
        let key: YAMLNode
        /// The value.
        let value: YAMLNode
    }

    /// The name of this program in `vendor`.
    static let vendor = "tallystick"
    /// The properties in written order.
    let entries: [Entry]

    /// Takes those of a mapping.
    init(of node: YAMLNode) {
        entries = node.list("customProperties").compactMap { item in
            guard let key = item.value("property"), let name = key.json.stringValue, let value = item.value("value")
            else { return nil }
            if item.string("vendor") == Self.vendor { return Entry(name: name, key: key, value: value) }
            guard item.value("vendor") == nil, let plain = Self.plainName(of: name) else { return nil }
            return Entry(name: plain, key: key, value: value)
        }
    }

    /// The value of a property; nil when it is not written.
    subscript(name: String) -> YAMLNode? { entries.first { $0.name == name }?.value }

    /// The text of a property.
    func string(_ name: String) -> String? { self[name]?.json.stringValue }

    /// The name behind a prefix: `tallyEventTime` is `eventTime`; nil without the prefix.
    static func plainName(of name: String) -> String? {
        let rest = name.dropFirst("tally".count)
        guard name.hasPrefix("tally"), let first = rest.first, first.isUppercase else { return nil }
        return first.lowercased() + rest.dropFirst()
    }
}
