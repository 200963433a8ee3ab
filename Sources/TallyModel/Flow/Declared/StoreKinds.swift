// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// A kind of store that `tally.yaml` may name, written as a scheme, a colon and a place: `lmdb:.tally/online`.
///
/// Another technology is another case of the enum: what opens stores, protects their files and reads `tally.yaml` does not
/// compile until it knows of it.
public protocol StoreKind: Sendable, Hashable {
    /// The store of a project that names none.
    static var standard: Self { get }
    /// The notations of a store of each kind, for messages.
    static var forms: [String] { get }
    /// Reads what is written in `tally.yaml`; nil for anything else.
    init?(_ text: String)
    /// The form that is written in `tally.yaml`.
    var text: String { get }
    /// The file or folder that it has, relative to the repository; nil where it has none here.
    var path: String? { get }
}

extension StoreKind {
    /// Returns the text after a scheme and its colon; nil when that is empty or the text has another scheme.
    static func place(in text: String, scheme: String) -> String? {
        guard text.begins(with: scheme + ":") else { return nil }
        let place = String(decoding: text.utf8.dropFirst(scheme.utf8.count + 1), as: UTF8.self)
        return place.isEmpty ? nil : place
    }
}

/// The kind of store that records definitions, releases and runs.
public enum RegistryKind: StoreKind {
    /// A SQLite database in one file.
    case sqlite(path: String)

    /// The registry of a project that names none.
    public static let standard = RegistryKind.sqlite(path: ".tally/registry.db")
    /// The notations of a registry.
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

    /// The path of the registry's file.
    public var path: String? {
        switch self {
        case .sqlite(let path): path
        }
    }
}

/// The kind of store that keeps rows for serving.
public enum OnlineStoreKind: StoreKind {
    /// An LMDB file in a folder of its own.
    case lmdb(path: String)

    /// The online store of a project that names none.
    public static let standard = OnlineStoreKind.lmdb(path: ".tally/online")
    /// The notations of an online store.
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

    /// The path of the online store's folder.
    public var path: String? {
        switch self {
        case .lmdb(let path): path
        }
    }
}

/// The kind of engine that reads files and joins rows.
public enum OfflineEngineKind: String, StoreKind {
    /// DuckDB, in the process.
    case duckdb

    /// The engine of a project that names none.
    public static let standard = OfflineEngineKind.duckdb
    /// The notations of an engine.
    public static let forms = ["'duckdb'"]

    /// Reads a name.
    public init?(_ text: String) { self.init(rawValue: text) }

    /// The form that is written in `tally.yaml`.
    public var text: String { rawValue }

    /// Nothing: it reads the sources' files, and has none of its own.
    public var path: String? { nil }
}
