// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension Array {
    /// The elements without those that share a property with an earlier one.
    package func uniqued<Property: Hashable>(by property: (Element) -> Property) -> [Element] {
        var seen = Set<Property>()
        return filter { seen.insert(property($0)).inserted }
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order of first appearance.
    package func uniqued() -> [Element] {
        var seen = Set<Element>()
        return filter { seen.insert($0).inserted }
    }
}
