// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
public import TallyModel

/// A memory of the descriptions of files, so that unchanged files are not read again (decision 0021).
///
/// Only the program and the engine that described a file take it from here, and only while the patterns name the same
/// files with the same stamps. It lies in `.tally/described.json`, may be deleted at any time, and a copy that cannot be
/// read or written is as good as none.
public struct DescriptionMemory: Sendable {
    /// The path of the memory, relative to the repository.
    public static let path = ".tally/described.json"

    private let root: String
    /// The program's file, its version and the engine's version, which made the descriptions; nil to remember nothing.
    private let author: String?
    private var entries: [Fingerprint: Described] = [:]
    /// The descriptions that were still true when the memory was read.
    private var known: [Fingerprint: TableDescription] = [:]

    /// Reads what is remembered of a repository and looks at the files of all of it.
    public init(root: String, engine: EngineIdentity) {
        self.root = root
        author = FileStamp.program.map { "tally \(TallyVersion.current) \($0.text), \(engine.name) \(engine.version)" }
        guard let author, let bytes = try? AtomicFile.read(root + "/" + Self.path),
            let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)),
            json["author"]?.stringValue == author, let tables = json["tables"]?.arrayValue
        else { return }
        for entry in tables.compactMap(Described.init(json:)) {
            entries[entry.key] = entry
            guard let look = FileLook(at: entry.patterns, root: root), look.digest == entry.look else { continue }
            known[entry.key] = TableDescription(files: look.files(of: entry.format), columns: entry.columns)
        }
    }

    /// Whether there is anything to remember and all of it is still so.
    public var isCurrent: Bool { !entries.isEmpty && known.count == entries.count }

    /// Returns the description of a table whose files are unchanged; nil when the engine has to look.
    public func description(of table: TableReference) -> TableDescription? {
        Described.key(of: table).flatMap { known[$0] }
    }

    /// Whether every declared value of text, in files and names of folders, could be read, when its files were the same.
    public func isRead(_ table: TableReference) -> Bool {
        guard case .files(_, let format) = table.rows,
            format != .parquet || table.partitions != nil || !table.text.formats.isEmpty,
            let key = Described.key(of: table)
        else { return true }
        return known[key] != nil && entries[key]?.isRead == true
    }

    /// Asks the engine to describe a table; returns the description, and what to remember of it.
    public func describe(
        _ table: TableReference, with engine: any OfflineEngine, now: Timestamp, readsText: Bool = false
    ) async throws(TallyError) -> (description: TableDescription, learnt: Described?) {
        guard author != nil, case .files(let patterns, let format) = table.rows,
            let before = FileLook(at: patterns, root: root), before.isSettled(at: now)
        else { return (try await Self.look(table, engine, readsText: readsText), nil) }
        let description = try await Self.look(table, engine, readsText: readsText)
        // What changed meanwhile, or is found by the engine and not by us, is looked at again the next time.
        guard FileLook(at: patterns, root: root) == before,
            description.files.elementsEqual(before.files(of: format), by: { $0.utf8.elementsEqual($1.utf8) })
        else { return (description, nil) }
        let learnt = Described(
            patterns: patterns, format: format, reading: Described.reading(of: table), look: before.digest,
            columns: description.columns, isRead: readsText)
        return (description, learnt)
    }

    /// Describes a table and, where asked, reads every declared value of text.
    private static func look(
        _ table: TableReference, _ engine: any OfflineEngine, readsText: Bool
    ) async throws(TallyError) -> TableDescription {
        let description = try await engine.describe(table)
        guard readsText else { return description }
        let columns = table.types.filter { declared in
            // A text or a number with a pattern is read value by value too.
            description.columns.contains {
                ($0.isText || table.text.ownFormat(of: declared.name) != nil) && $0.name.isSame(as: declared.name)
            }
        }
        guard !columns.isEmpty else { return description }
        let request = ScanRequest(
            table: table,
            columns: columns.map {
                ScanRequest.Column(name: $0.name, type: $0.type, day: $0.type == .timestamp ? .start : nil)
            })
        let seen = SeenValues()
        try await engine.scan(request) { (batch) async throws(TallyError) in seen.add(batch) }
        return description.telling(of: seen.columns(without: columns))
    }

    /// Keeps what is known of these tables and what was learnt, and forgets all others; writes only what is new.
    public func keep(_ tables: [TableReference], _ learnt: [Described]) {
        guard let author else { return }
        var kept: [Fingerprint: Described] = [:]
        for key in tables.compactMap(Described.key) where known[key] != nil { kept[key] = entries[key] }
        for described in learnt { kept[described.key] = described }
        guard kept != entries else { return }
        let json = JSON.object([
            ("author", .string(author)),
            ("tables", .array(kept.sorted { $0.key < $1.key }.map(\.value.json))),
        ])
        try? FileName.makeFolder(FileName.folder(of: root + "/" + Self.path))
        try? AtomicFile.write(Array(json.prettyText.utf8), to: root + "/" + Self.path, waitsForDisk: false)
    }
}

/// The columns of some batches that have a value.
private final class SeenValues: Sendable {
    private let names = Mutex<Set<[UInt8]>>([])

    func add(_ batch: Batch) {
        for (schema, column) in zip(batch.schema, batch.columns) where column.validity.nullCount < column.count {
            names.withLock { _ = $0.insert(Array(schema.name.utf8)) }
        }
    }

    /// Returns the names of the given columns that have no value.
    func columns(without columns: [ColumnSchema]) -> [String] {
        let seen = names.withLock(\.self)
        return columns.map(\.name).filter { !seen.contains(Array($0.utf8)) }
    }
}

extension TableDescription {
    /// Returns the description with columns that have no value marked as such.
    fileprivate func telling(of empty: [String]) -> TableDescription {
        guard !empty.isEmpty else { return self }
        return TableDescription(
            files: files,
            columns: columns.map { column in
                guard empty.contains(where: { $0.isSame(as: column.name) }) else { return column }
                return column.lacking(ColumnGap(ofEmpty: files, missing: column.gap?.missing))
            })
    }
}
