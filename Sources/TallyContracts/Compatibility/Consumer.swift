// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A service or model that reads some columns of a contract's tables.
public struct Consumer: Sendable, Hashable {
    /// The name, such as `fraud`.
    public let name: String
    /// The columns it reads, as `object.column`; `object` alone for every column of it.
    public let columns: [String]
    /// Its own version, such as `7`; nil when it has none.
    public let version: String?

    /// Describes a consumer.
    public init(name: String, columns: [String], version: String? = nil) {
        self.name = name
        self.columns = columns
        self.version = version
    }

    /// The name with the version: `fraud 7`.
    public var title: String { version.map { "\(name) \($0)" } ?? name }

    /// Whether it reads a column, or anything of a table when no column is named.
    func reads(_ object: String, _ column: String?) -> Bool {
        columns.contains { pinned in
            guard let column else { return pinned == object || pinned.hasPrefix(object + ".") }
            return pinned == object || pinned == "\(object).\(column)"
        }
    }
}

/// The effect of a new contract on one consumer.
public enum Impact: Sendable, Hashable {
    /// Nothing that it reads becomes what it does not know.
    case safe
    /// These changes reach it.
    case breaks(by: [ContractChange])
}
