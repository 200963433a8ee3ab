// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Refuses outputs that would overwrite inputs: sources, spines, definitions, contracts and stores.
///
/// Files are told by device and inode and by their resolved paths, so that links lead nowhere else. A file that is not
/// there yet is refused too where a source's pattern would read it from then on.
public struct OutputGuard: Sendable {
    /// The kind of output of a command.
    public enum Kind: Sendable, Hashable {
        /// A training set with its manifest: replaces another one without being asked twice.
        case trainingSet
        /// A contract: replaces another one when it is forced to.
        case contract
        /// A report that is added to what is there.
        case addition
    }

    /// A pattern of paths that are read, and the name of the reader.
    private struct Reading {
        let pattern: OutputPattern
        let reader: String
        /// Whether a contract may be written there when it is forced to.
        var isContract = false
    }

    private var readings: [Reading] = []
    private var folders: [(path: String, reader: String)] = []

    /// Guards nothing yet.
    public init() {}

    /// Guards the files behind a path or glob, relative to `root` unless it is absolute.
    public mutating func protect(_ pattern: String, in root: String, readBy reader: String) {
        readings.append(Reading(pattern: OutputPattern(pattern, in: root), reader: reader))
    }

    /// Guards one file by its very path, whatever characters are in it.
    public mutating func protect(file: String, in root: String, readBy reader: String) {
        protect(FileGlob.exactly(file), in: root, readBy: reader)
    }

    /// Guards a contract, which a new version of it may replace.
    public mutating func protect(contract file: String, in root: String, readBy reader: String) {
        readings.append(
            Reading(pattern: OutputPattern(FileGlob.exactly(file), in: root), reader: reader, isContract: true))
    }

    /// Guards everything below a folder.
    public mutating func protect(folder: String, readBy reader: String) {
        if let path = FileName.place(of: folder) { folders.append((path, reader)) }
    }

    /// Guards what a source reads: the files of its path, or those that its query names.
    public mutating func protect(_ source: Source, in root: String) {
        switch source.location {
        case .files(let path, _): protect(path, in: root, readBy: "source \(source.name)")
        case .query(let sql):
            for path in QueryFiles.named(in: sql) {
                protect(path, in: root, readBy: "the query of source \(source.name)")
            }
        }
    }

    /// Returns when a command may write to a path; `E-misuse` when it may not.
    ///
    /// What is read is never written over. What exists and is not what the command writes needs `force`.
    public func check(_ output: String, as kind: Kind, force: Bool = false) throws(TallyError) {
        try check(one: output, as: kind, force: force)
        guard kind == .trainingSet else { return }
        try check(one: TrainingManifest.path(besides: output), as: kind, force: force)
    }

    private func check(one output: String, as kind: Kind, force: Bool) throws(TallyError) {
        guard let path = FileName.place(of: output) else { return }
        let stamp = FileStamp(of: path)
        if let stamp, stamp.kind != .file {
            throw TallyError(
                .misuse, stamp.kind == .folder ? "is a folder" : "is not a regular file", subject: output,
                help: "name a file to write")
        }
        if let reader = reader(of: path, as: kind, force: force) {
            throw TallyError(
                .misuse, "is read by \(reader), and is not written over", subject: output,
                help: "write to a path that nobody reads; --force does not change this")
        }
        guard stamp != nil, !force else { return }
        switch kind {
        case .addition: return
        case .trainingSet:
            if try WrittenTrainingSet.isOurs(path) { return }
            throw TallyError(
                .misuse, "there is a file already, and it is no training set of ours", subject: output,
                help: "choose another name, or --force to replace it")
        case .contract:
            throw TallyError(
                .misuse, "there is a file already", subject: output, help: "choose another name, or --force")
        }
    }

    /// Returns the reader of a path; nil when it has none.
    private func reader(of path: String, as kind: Kind, force: Bool) -> String? {
        let identity = FileIdentity(of: path)
        for reading in readings where reading.pattern.reads(path, identity) {
            if reading.isContract, kind == .contract { continue }
            return reading.reader
        }
        return folders.first { path.isSame(as: $0.path) || path.begins(with: $0.path + "/") }?.reader
    }
}
