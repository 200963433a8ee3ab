// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FoundationEssentials
public import TallyModel

extension RepositoryReader {
    /// The nearest folder upwards from a folder that holds `tally.yaml`, as an absolute path; nil when there is none.
    public static func findRoot(from directory: String) -> String? {
        let manager = FileManager.default
        var components = absolute(directory)
        while true {
            let folder = "/" + components.joined(separator: "/")
            var isFolder = false
            let path = folder == "/" ? "/\(projectFile)" : "\(folder)/\(projectFile)"
            if manager.fileExists(atPath: path, isDirectory: &isFolder), !isFolder { return folder }
            guard !components.isEmpty else { return nil }
            components.removeLast()
        }
    }

    /// Reads `tally.yaml`, every `.yaml` and `.yml` file below `definitions/` of a folder, and contracts.
    ///
    /// Files of functions in Python are those that transforms name; contracts are the files that sources name, and those below `contracts/` that end in `.odcs.yaml`, `.odcs.yml` or
    /// `.odcs.json`. A contract has to lie in the folder, wherever links lead. Hidden files and folders are passed over. A file that cannot be read, or is not UTF-8, is a diagnostic.
    public static func read(root: String, hooks: ContractHooks = ContractHooks()) -> LoadedRepository {
        let findings = DiagnosticCollector()
        var files: [DefinitionFile] = []
        var paths = paths(in: root, "definitions", findings) { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        paths += self.paths(in: root, "contracts", findings) { name in
            [".odcs.yaml", ".odcs.yml", ".odcs.json"].contains(where: name.hasSuffix)
        }.filter { isInside($0, root) }
        if FileManager.default.fileExists(atPath: "\(root)/\(projectFile)") { paths.append(projectFile) }
        for path in paths.sorted() {
            if let file = DefinitionFile.read(path, in: root, findings) { files.append(file) }
        }
        let named: (String) -> DefinitionFile? = { path in
            guard isInside(path, root), FileManager.default.fileExists(atPath: "\(root)/\(path)") else { return nil }
            return DefinitionFile.read(path, in: root, findings)
        }
        return read(files: files, hooks: hooks, findings: findings, contract: named, code: named)
    }

    /// The project alone, as far as it can be read; nil where `tally.yaml` is missing or wrong, which `read` tells of.
    public static func project(root: String) -> Project? {
        let findings = DiagnosticCollector()
        guard FileManager.default.fileExists(atPath: "\(root)/\(projectFile)"),
            let file = DefinitionFile.read(projectFile, in: root, findings)
        else { return nil }
        return read(files: [file]).project
    }

    /// Whether a path leads to something in the repository: what lies elsewhere may hold anything, and a diagnostic would
    /// print its lines.
    private static func isInside(_ path: String, _ root: String) -> Bool {
        let home = FileName.resolved(root)
        guard let place = FileName.place(of: "\(root)/\(path)") else { return false }
        return place.begins(with: home.ends(with: "/") ? home : home + "/")
    }

    /// The paths of all files below a folder whose names are wanted, relative to the root.
    ///
    /// Each folder is looked through once, by its own name where it has one in there: links may lead back up.
    private static func paths(
        in root: String, _ top: String, _ findings: DiagnosticCollector, _ isWanted: (String) -> Bool
    ) -> [String] {
        var paths: [String] = []
        var folders = [top]
        var links: [String] = []
        // The repository itself lies in none of its folders, whatever a link says.
        var seen = Set([FileIdentity(of: root)].compactMap(\.self))
        while let folder = folders.popLast() ?? links.popLast() {
            guard let identity = FileIdentity(of: "\(root)/\(folder)") else { continue }
            guard seen.insert(identity).inserted else { continue }
            let names: [String]
            do throws(OpenFile.Failure) {
                guard FileStamp(of: "\(root)/\(folder)")?.kind == .folder else { throw OpenFile.Failure.noFolder }
                names = try FileName.entries(in: "\(root)/\(folder)")
            } catch {
                findings.error(
                    DefinitionCode.unreadableFile, "the folder cannot be read: \(error.message)",
                    at: SourceLocation(file: folder, line: 1, column: 1), help: "see that you may read it")
                continue
            }
            for name in names.reversed() where name.utf8.first != UInt8(ascii: ".") {
                let path = "\(folder)/\(name)"
                // A link that leads nowhere does not exist: it is reported as a file that cannot be read.
                if FileStamp(of: "\(root)/\(path)")?.kind == .folder {
                    if FileStamp.isLink("\(root)/\(path)") { links.append(path) } else { folders.append(path) }
                } else if isWanted(name) {
                    paths.append(path)
                }
            }
        }
        return paths
    }

    private static func absolute(_ directory: String) -> [String] {
        let full =
            directory.isAbsolutePath ? directory : FileManager.default.currentDirectoryPath + "/" + directory
        var components: [String] = []
        for part in full.parts(by: "/") where part != "." {
            if part == ".." { _ = components.popLast() } else { components.append(part) }
        }
        return components
    }
}
