// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel

/// A contract file that a command needs whole.
enum ContractFile {
    /// Reads a file relative to a folder, with everything that is wrong.
    static func load(_ path: String, in folder: String) -> LoadedContract {
        ContractReader.read(path: path, root: path.hasPrefix("/") ? "" : folder, hooks: .judging)
    }

    /// Reads a file; `E-invalid-definitions`, with its diagnostics on standard error, when it has errors.
    static func read(_ path: String, in folder: String) throws(TallyError) -> Contract {
        let loaded = load(path, in: folder)
        guard let contract = loaded.contract, !loaded.hasErrors else {
            Terminal.writeError(DiagnosticRenderer.text(loaded.diagnostics, sources: loaded.files))
            throw TallyError(
                .invalidDefinitions, "the contract has errors", subject: path,
                help: "`tally contract lint \(path)` shows them all")
        }
        return contract
    }

    /// The format of a data file; `E-misuse` for an ending that tells none.
    static func format(ofData path: String) throws(TallyError) -> Source.FileFormat {
        if let format = Source.FileFormat(ofPath: path) { return format }
        throw TallyError(
            .misuse, "the path does not tell the format of its files", subject: path,
            help: "use a path that ends in .parquet, .csv, .json, .jsonl or .ndjson")
    }
}
