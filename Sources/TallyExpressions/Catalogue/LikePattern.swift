// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A pattern of `like`: `%` matches any characters, `_` one code point, all else itself.
struct LikePattern: Sendable {
    private enum Item: Sendable, Equatable {
        case byte(UInt8)
        case one
        case any
    }

    private let items: [Item]

    /// Reads a pattern; nil when it ends in the escape character.
    init?(_ pattern: Bytes, escape: Bytes?) {
        var items: [Item] = []
        var rest = pattern
        while let byte = rest.first {
            if let escape, !escape.isEmpty, rest.starts(with: escape) {
                rest = rest.dropFirst(escape.count)
                // The escaped character's first byte stands for itself; bytes after it never are signs.
                guard let literal = rest.first else { return nil }
                items.append(.byte(literal))
            } else if byte == UInt8(ascii: "%") {
                items.append(.any)
            } else if byte == UInt8(ascii: "_") {
                items.append(.one)
            } else {
                items.append(.byte(byte))
            }
            rest = rest.dropFirst()
        }
        self.items = items
    }

    /// Whether the whole text fits; greedy with one point of return, so linear in practice and never exponential.
    func matches(_ text: Bytes) -> Bool {
        var position = text.startIndex
        var item = 0
        var retry: (item: Int, position: Int)?
        while position < text.endIndex {
            if item < items.count, items[item] == .any {
                retry = (item, position)
                item += 1
            } else if item < items.count, let next = step(items[item], text, position) {
                position = next
                item += 1
            } else if let point = retry {
                position = Self.next(text, point.position)
                retry = (point.item, position)
                item = point.item + 1
            } else {
                return false
            }
        }
        return items[item...].allSatisfy { $0 == .any }
    }

    private func step(_ item: Item, _ text: Bytes, _ position: Int) -> Int? {
        switch item {
        case .byte(let byte): text[position] == byte ? position + 1 : nil
        case .one: Self.next(text, position)
        case .any: nil
        }
    }

    /// The start of the next code point.
    private static func next(_ text: Bytes, _ position: Int) -> Int {
        var next = position + 1
        while next < text.endIndex, TextKernels.isContinuation(text[next]) { next += 1 }
        return next
    }
}

extension LikePattern {
    /// The kernel for a pattern known beforehand.
    func kernel() -> Kernel {
        .unary { (text: Bytes, _) -> Bool? in matches(text) }
    }

    /// The kernel for patterns that are values; one that ends in the escape character is an undefined result.
    static func kernel(escape: Bytes?) -> Kernel {
        .binary { (text: Bytes, pattern: Bytes, finding) -> Bool? in
            guard let pattern = LikePattern(pattern, escape: escape) else {
                finding.insert(.undefinedResult)
                return nil
            }
            return pattern.matches(text)
        }
    }
}
