// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// A contract file that a command needs whole.
enum ContractFile {
    /// Reads a file relative to a folder, with everything that is wrong; `E-not-found` when there is none.
    static func load(_ path: String, in folder: String) throws(TallyError) -> LoadedContract {
        guard FileName.exists(path.hasPrefix("/") ? path : folder + "/" + path) else {
            throw TallyError(
                .notFound, "there is no such file", subject: path, help: "correct the path of the contract")
        }
        return ContractReader.read(path: path, root: path.hasPrefix("/") ? "" : folder, hooks: .judging)
    }

    /// Reads a file; `E-invalid-definitions`, with its diagnostics on standard error, when it has errors.
    static func read(_ path: String, in folder: String) throws(TallyError) -> Contract {
        let loaded = try load(path, in: folder)
        guard let contract = loaded.contract, !loaded.hasErrors else {
            Terminal.writeError(DiagnosticRenderer.text(loaded.diagnostics, sources: loaded.files))
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
            sources[name] = Source(
                name: name, location: .files(path: path, format: try format(ofData: path)),
                eventTime: contract[object: name]?.eventTime)
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
