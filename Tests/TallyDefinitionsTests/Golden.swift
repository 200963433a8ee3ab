// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyContracts
import TallyDefinitions
import TallyModel
import Testing

/// A folder of `Goldens`: a small repository and the whole text that its check prints.
///
/// `columns.json` holds what an engine found: by source an object of column names and types (a type that is none of ours is
/// the engine's own), or null for a source without files. A source that is not in it was not described.
struct Golden: CustomTestStringConvertible, Sendable {
    let name: String

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

    /// Every golden, by name.
    static let all: [Golden] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { !$0.hasPrefix(".") }.sorted().map(Golden.init)

    var testDescription: String { name }
    var folder: URL { Self.folder.appending(path: name) }
    var expectedFile: URL { folder.appending(path: "expected.txt") }

    /// The repository, read from disk as the command line reads it.
    var repository: LoadedRepository { RepositoryReader.read(root: folder.path, hooks: Self.hooks) }

    /// Judges which checks fit which types, as the program does.
    private static let hooks = ContractHooks(misfit: CheckCatalogue.misfit)

    /// What the engine found in each source.
    func descriptions() throws -> [String: TableDescription] {
        guard let text = try? String(contentsOf: folder.appending(path: "columns.json"), encoding: .utf8) else {
            return [:]
        }
        var result: [String: TableDescription] = [:]
        for source in try #require(try JSON(parsing: text).objectValue) {
            let columns = (source.value.objectValue ?? []).map { column in
                let type = column.value.stringValue ?? ""
                return TableDescription.Column(name: column.name, type: DataType(name: type), nativeType: type)
            }
            let files = columns.isEmpty ? [] : ["data/\(source.name)/1.parquet"]
            result[source.name] = TableDescription(files: files, columns: columns)
        }
        return result
    }

    /// What the engine said against queries: `failures.json`, by source the message and the offset in the query.
    func failures() throws -> [String: TallyError] {
        guard let text = try? String(contentsOf: folder.appending(path: "failures.json"), encoding: .utf8) else {
            return [:]
        }
        var result: [String: TallyError] = [:]
        for source in try #require(try JSON(parsing: text).objectValue) {
            result[source.name] = TallyError(
                source.value["isMissing"]?.boolValue == true ? .unreadable : .invalidDefinitions,
                source.value["message"]?.stringValue ?? "", help: source.value["help"]?.stringValue.map { Advice($0) },
                offset: source.value["offset"]?.intValue.map { Int($0) })
        }
        return result
    }

    /// Which files the sources name, in goldens that have a folder `data`.
    func listings() -> [String: Result<FileListing, TallyError>] {
        guard FileManager.default.fileExists(atPath: folder.appending(path: "data").path) else { return [:] }
        var listings: [String: Result<FileListing, TallyError>] = [:]
        for source in repository.sources {
            guard case .files(let path, _) = source.location else { continue }
            listings[source.name] = Result { () throws(TallyError) in
                try FileGlob.list([path], root: folder.path)
            }
        }
        return listings
    }

    /// What the check finds.
    func checked() throws -> CheckResult {
        repository.check(descriptions: try descriptions(), failures: try failures(), listings: listings())
    }

    /// What the check prints.
    func text() throws -> String {
        let repository = repository
        let result = try checked()
        let text = DiagnosticRenderer.text(result.diagnostics, sources: repository.files)
        let unproven = result.unproven.map { "unproven: \($0)\n" }.joined()
        return text.isEmpty && unproven.isEmpty ? "no problems\n" : text + unproven
    }
}
