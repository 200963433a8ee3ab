// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// The objects and properties of a contract, found by name or by identifier.
struct SchemaIndex {
    /// The nodes of the objects.
    let objects: [YAMLNode]

    init(_ root: YAMLNode) { objects = root.list("schema") }

    /// The target of a reference.
    struct Target {
        /// The object's name; the text before the property when the reference leads to another file.
        let object: String
        /// The property's name, with dots for properties of properties; nil for the whole object.
        let property: String?
        /// Whether another file is meant.
        var isElsewhere = false
    }

    /// The object of a name or identifier.
    func object(_ name: String) -> YAMLNode? {
        objects.first { $0.holds(name, at: "name") } ?? objects.first { $0.holds(name, at: "id") }
    }

    /// The property of a name or identifier, through properties of properties.
    func property(_ path: String, in object: YAMLNode) -> YAMLNode? {
        let properties = object.list("properties")
        if let whole = properties.first(where: { $0.holds(path, at: "name") || $0.holds(path, at: "id") }) {
            return whole
        }
        guard let dot = path.firstIndex(of: "."), let outer = property(String(path[..<dot]), in: object) else {
            return nil
        }
        let inner = outer.value("items") ?? outer
        return property(String(path[path.index(after: dot)...]), in: inner)
    }

    /// Whether the target exists in this contract.
    func contains(_ target: Target) -> Bool {
        guard let object = object(target.object) else { return false }
        return target.property.map { property($0, in: object) != nil } ?? true
    }

    /// Reads `object`, `object.property`, `schema/object/properties/property` and the latter behind a file and `#`.
    func target(_ text: String) -> Target {
        if let hash = text.lastIndex(of: "#") {
            let inside = target(String(text[text.index(after: hash)...]))
            return Target(
                object: "\(text[..<hash])#\(inside.object)", property: inside.property, isElsewhere: true)
        }
        if object(text) != nil { return named(text, nil) }
        let path = text.parts(by: "/")
        if path.count > 1 {
            let steps = stride(from: 1, to: path.count, by: 2).map { path[$0] }
            return named(steps[0], steps.count > 1 ? steps.dropFirst().joined(separator: ".") : nil)
        }
        guard let dot = text.firstIndex(of: ".") else { return named(text, nil) }
        return named(String(text[..<dot]), String(text[text.index(after: dot)...]))
    }

    /// A target with names where identifiers were written.
    private func named(_ object: String, _ property: String?) -> Target {
        guard let node = self.object(object) else { return Target(object: object, property: property) }
        let name = property.map { path in
            path.contains(".") ? path : self.property(path, in: node)?.string("name") ?? path
        }
        return Target(object: node.string("name") ?? object, property: name)
    }
}

extension YAMLNode {
    /// Whether a key has a text, byte for byte.
    fileprivate func holds(_ text: String, at key: String) -> Bool {
        string(key)?.utf8.elementsEqual(text.utf8) ?? false
    }
}
