// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// A contract file that a command needs whole.
enum ContractFile {
    /// The contract files that a path names: itself, or those in a folder and its folders, sorted; hidden ones are left out.
    static func paths(_ path: String, in folder: String) throws(TallyError) -> [String] {
        let place = path.path(from: folder)
        guard FileStamp(of: place)?.kind == .folder else { return [path] }
        var seen: Set<FileIdentity> = []
        let found = contracts(below: place, &seen).map { (path.ends(with: "/") ? path : path + "/") + $0 }
        guard found.isEmpty else { return found }
        throw TallyError(
            .notFound, "there is no contract in the folder", subject: path,
            help: "contracts are files named *.odcs.yaml, *.odcs.yml or *.odcs.json; name one of another name itself")
    }

    /// Each folder is looked through once: links may lead back up.
    private static func contracts(below folder: String, _ seen: inout Set<FileIdentity>) -> [String] {
        guard let identity = FileIdentity(of: folder), seen.insert(identity).inserted else { return [] }
        var found: [String] = []
        for name in FileName.names(in: folder) where name.utf8.first != UInt8(ascii: ".") {
            if FileStamp(of: folder + "/" + name)?.kind == .folder {
                found += contracts(below: folder + "/" + name, &seen).map { name + "/" + $0 }
            } else if endings.contains(where: { name.ends(with: $0) }) {
                found.append(name)
            }
        }
        return found
    }

    private static let endings = [".odcs.yaml", ".odcs.yml", ".odcs.json"]

    /// Reads a file relative to a folder, with everything that is wrong; `E-not-found` when there is none.
    static func load(_ path: String, in folder: String) throws(TallyError) -> LoadedContract {
        guard FileName.exists(path.path(from: folder)) else {
            throw TallyError(
                .notFound, "there is no such file", subject: path, help: "correct the path of the contract")
        }
        return ContractReader.read(path: path, root: path.isAbsolutePath ? "" : folder, hooks: .judging)
    }

    /// Reads a file; `E-invalid-definitions`, with its diagnostics on standard error, when it has errors.
    static func read(_ path: String, in folder: String) throws(TallyError) -> Contract {
        let loaded = try load(path, in: folder)
        guard let contract = loaded.contract, !loaded.hasErrors else {
            if let reason = loaded.diagnostics.first(where: \.isUnreadable) {
                throw TallyError(
                    .unreadable, reason.message, subject: path, help: reason.help ?? "look at the file's permissions")
            }
            Terminal.show(loaded.diagnostics, of: loaded.files)
            throw TallyError(
                .invalidDefinitions, "the contract has errors", subject: path,
                help: "`tally contract lint \(path)` shows them all")
        }
        return contract
    }

    /// The data files of each table as sources: `TABLE=PATH`, or one path for a contract of one table.
    static func sources(_ data: [String], of contract: Contract) throws(TallyError) -> [String: Source] {
        var sources: [String: Source] = [:]
        for item in data {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            let isNamed = parts.count == 2 && contract[object: parts[0]] != nil
            guard let name = isNamed ? parts[0] : contract.objects.count == 1 ? contract.objects[0].name : nil else {
                throw TallyError(
                    .misuse, "the contract has \(contract.objects.count) tables, and '\(item)' names none of them",
                    help: "write TABLE=PATH with \(contract.objects.map(\.name).joined(separator: " or "))")
            }
            let path = isNamed ? parts[1] : item
            let source = Source(
                name: name, location: .files(path: path, format: try format(ofData: path)),
                eventTime: contract[object: name]?.eventTime)
            sources[name] = source.reading(as: contract)
        }
        return sources
    }

    /// The format of a data file; `E-misuse` for an ending that tells none.
    static func format(ofData path: String) throws(TallyError) -> Source.FileFormat {
        if let format = Source.FileFormat(ofPath: path) { return format }
        throw TallyError(
            .misuse, "the path does not tell the format of its files", subject: path,
            help: "use a path that ends in .parquet, .csv, .json, .jsonl or .ndjson")
    }
}
