// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A kind of store that `tally.yaml` may name, written as a scheme, a colon and a place: `lmdb:.tally/online`.
///
/// Another technology is another case of the enum: what opens stores, protects their files and reads `tally.yaml` does not
/// compile until it knows of it.
public protocol StoreKind: Sendable, Hashable {
    /// The store of a project that names none.
    static var standard: Self { get }
    /// How a store of each kind is written, for messages.
    static var forms: [String] { get }
    /// Reads what is written in `tally.yaml`; nil for anything else.
    init?(_ text: String)
    /// The form that is written in `tally.yaml`.
    var text: String { get }
    /// The file or folder that it has, relative to the repository; nil where it has none here.
    var path: String? { get }
}

extension StoreKind {
    /// What stands behind a scheme and its colon; nil where that is nothing, or the text has another scheme.
    static func place(in text: String, scheme: String) -> String? {
        guard text.begins(with: scheme + ":") else { return nil }
        let place = String(decoding: text.utf8.dropFirst(scheme.utf8.count + 1), as: UTF8.self)
        return place.isEmpty ? nil : place
    }
}

/// Where definitions, releases and runs are recorded.
public enum RegistryKind: StoreKind {
    /// A SQLite database in one file.
    case sqlite(path: String)

    /// The registry of a project that names none.
    public static let standard = RegistryKind.sqlite(path: ".tally/registry.db")
    /// How a registry is written.
    public static let forms = ["'sqlite:' and a path"]

    /// Reads `sqlite:` and a path.
    public init?(_ text: String) {
        guard let path = Self.place(in: text, scheme: "sqlite") else { return nil }
        self = .sqlite(path: path)
    }

    /// The form that is written in `tally.yaml`.
    public var text: String {
        switch self {
        case .sqlite(let path): "sqlite:" + path
        }
    }

    /// The file.
    public var path: String? {
        switch self {
        case .sqlite(let path): path
        }
    }
}

/// Where rows are kept to be served.
public enum OnlineStoreKind: StoreKind {
    /// An LMDB file in a folder of its own.
    case lmdb(path: String)

    /// The online store of a project that names none.
    public static let standard = OnlineStoreKind.lmdb(path: ".tally/online")
    /// How an online store is written.
    public static let forms = ["'lmdb:' and a path"]

    /// Reads `lmdb:` and a path.
    public init?(_ text: String) {
        guard let path = Self.place(in: text, scheme: "lmdb") else { return nil }
        self = .lmdb(path: path)
    }

    /// The form that is written in `tally.yaml`.
    public var text: String {
        switch self {
        case .lmdb(let path): "lmdb:" + path
        }
    }

    /// The folder.
    public var path: String? {
        switch self {
        case .lmdb(let path): path
        }
    }
}

/// What reads files and joins.
public enum OfflineEngineKind: String, StoreKind {
    /// DuckDB, in the process.
    case duckdb

    /// The engine of a project that names none.
    public static let standard = OfflineEngineKind.duckdb
    /// How an engine is written.
    public static let forms = ["'duckdb'"]

    /// Reads a name.
    public init?(_ text: String) { self.init(rawValue: text) }

    /// The form that is written in `tally.yaml`.
    public var text: String { rawValue }

    /// Nothing: it reads the sources' files, and has none of its own.
    public var path: String? { nil }
}
