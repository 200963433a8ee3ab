// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

extension TablePair {
    /// Compares what is inside the values of a column, as a table of its own: the fields of an object are its columns.
    ///
    /// A list is a table of its elements, a map one of its entries.
    mutating func compareParts(_ finding: Finding, _ before: Promise?, _ after: Promise?) {
        guard let column = finding.column, let mine = old.column(column), let theirs = new.column(column) else {
            return
        }
        // What becomes another type is compared as such.
        guard mine.logicalType == theirs.logicalType || before == nil && after == nil else { return }
        let inner = "\(name).\(column)"
        let parts = (before?.parts ?? [], after?.parts ?? [])
        var pair = TablePair(
            inner, old: old.contract.inside(inner, parts.0, beside: parts.1, mine.logicalType, finding.location),
            new: new.contract.inside(inner, parts.1, beside: parts.0, theirs.logicalType, finding.location),
            consumers: [])
        pair.outer = outer ?? name
        pair.compare()
        guard pair.changes.isEmpty else {
            add(pair.changes, inside: column)
            return
        }
        var finding = finding
        finding.unproven = .untold("what changed inside the values is not compared")
        add("words-changed", finding)
    }
}

extension Promise {
    /// The parts of a value that a promise about its inside describes.
    fileprivate var parts: [JSON] { arguments["parts"]?.arrayValue ?? [] }
}

extension Contract {
    /// A contract of one table: the parts of a column's values.
    ///
    /// A list has elements and a map entries, whether they are declared or not.
    fileprivate func inside(
        _ name: String, _ parts: [JSON], beside other: [JSON], _ type: String?, _ location: SourceLocation?
    ) -> Contract {
        var columns: [Contract.Column] = []
        var promises: [Promise] = []
        let isFixed = type == "array" || type == "map"
        let named = parts.compactMap { $0["name"]?.stringValue }
        for key in isFixed ? other.compactMap({ $0["name"]?.stringValue }) : [] where !named.contains(key) {
            columns.append(Column(name: key, location: location))
        }
        for part in parts {
            guard let key = part["name"]?.stringValue else { continue }
            columns.append(Column(part: part, key, location))
            for promise in part["promises"]?.arrayValue ?? [] {
                let check = promise["check"]?.stringValue ?? ""
                promises.append(
                    Promise(
                        id: "\(name).\(key).\(check)#\(promises.count)", object: name, column: key, check: check,
                        arguments: promise["arguments"]?.memberValues ?? [:],
                        severity: promise["severity"]?.stringValue.flatMap(Promise.Severity.init) ?? .error,
                        location: location))
            }
        }
        let object = Object(name: name, columns: columns, promises: promises, location: location)
        return Contract(id: id, version: version, standard: standard, objects: [object], reactions: reactions)
    }
}

extension Contract.Column {
    fileprivate init(part: JSON, _ name: String, _ location: SourceLocation?) {
        self.init(
            name: name, physicalName: part["physicalName"]?.stringValue, logicalType: part["logicalType"]?.stringValue,
            physicalType: part["physicalType"]?.stringValue, isRequired: part["required"] == .bool(true),
            isDeprecated: part["deprecated"] == .bool(true), meaning: part["meaning"]?.memberValues ?? [:],
            location: location)
    }
}

extension JSON {
    /// The members of an object by name.
    fileprivate var memberValues: [String: JSON]? {
        guard case .members(let members) = self else { return nil }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
