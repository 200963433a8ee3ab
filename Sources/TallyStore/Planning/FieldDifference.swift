// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Compares two documents field by field.
enum FieldDifference {
    /// The fields that differ, in the order of the wanted document, then those that are gone.
    static func between(_ old: JSON, _ new: JSON) -> [Change.Field] { compare(old, new, at: []) }

    private static func compare(_ old: JSON?, _ new: JSON?, at path: [String]) -> [Change.Field] {
        if old?.canonicalText == new?.canonicalText { return [] }
        switch (old, new) {
        case (.members(let olds), .members(let news)):
            return names(news.map(\.name), olds.map(\.name)).flatMap { name in
                compare(old?[name], new?[name], at: path + [name])
            }
        case (.array(let olds), .array(let news)):
            guard let oldItems = named(olds), let newItems = named(news), !(olds.isEmpty && news.isEmpty) else {
                return [leaf(old, new, at: path)]
            }
            return compareItems(oldItems, newItems, at: path)
        case (nil, _), (_, nil), (.null, _), (.bool, _), (.int, _), (.double, _), (.string, _), (.array, _),
            (.members, _):
            return [leaf(old, new, at: path)]
        }
    }

    private typealias Items = [(name: String, value: JSON)]

    private static func compareItems(_ olds: Items, _ news: Items, at path: [String]) -> [Change.Field] {
        var fields = names(news.map(\.name), olds.map(\.name)).flatMap { name in
            compare(
                olds.first { $0.name == name }?.value, news.first { $0.name == name }?.value, at: path + [name])
        }
        let kept = Set(olds.map(\.name)).intersection(news.map(\.name))
        let oldOrder = olds.map(\.name).filter(kept.contains)
        let newOrder = news.map(\.name).filter(kept.contains)
        if oldOrder != newOrder {
            fields.append(
                Change.Field(
                    path: path, old: "order " + oldOrder.joined(separator: ", "),
                    new: "order " + newOrder.joined(separator: ", ")))
        }
        return fields
    }

    /// The elements by their `name`, or `id`; nil when one has none or two share one.
    private static func named(_ elements: [JSON]) -> Items? {
        let items = elements.compactMap { element in
            (element["name"] ?? element["id"])?.stringValue.map { (name: $0, value: element) }
        }
        guard items.count == elements.count, Set(items.map(\.name)).count == items.count else { return nil }
        return items
    }

    private static func names(_ news: [String], _ olds: [String]) -> [String] {
        let known = Set(news)
        return news + olds.filter { !known.contains($0) }
    }

    private static func leaf(_ old: JSON?, _ new: JSON?, at path: [String]) -> Change.Field {
        Change.Field(path: path, old: old.map(text), new: new.map(text))
    }

    /// A value in YAML's flow style, without quotes.
    private static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .array(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
        case .members(let members):
            "{" + members.map { "\($0.name): \(text($0.value))" }.joined(separator: ", ") + "}"
        case .null, .bool, .int, .double: value.compactText
        }
    }
}
