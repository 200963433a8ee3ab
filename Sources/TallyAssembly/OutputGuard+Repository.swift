// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyDefinitions
internal import TallyModel
public import TallyStore

extension OutputGuard {
    /// Guards what the repositories of some folders read; a folder that is in none guards nothing.
    ///
    /// Asks for the folder of the output too, which may be in another repository than the command.
    public static func forRepositories(of folders: [String?]) -> OutputGuard {
        var guarded = OutputGuard()
        var seen: Set<String> = []
        for folder in folders.compactMap({ $0 }) {
            guard let root = RepositoryReader.findRoot(from: folder), seen.insert(root).inserted else { continue }
            guarded.protect(RepositoryReader.read(root: root), at: root)
        }
        return guarded
    }

    /// Guards a repository: its definitions and contracts, its sources, its lockfile and its stores.
    private mutating func protect(_ repository: LoadedRepository, at root: String) {
        let contracts = Set(repository.contracts.values.flatMap(\.files).map(\.path))
        for file in repository.files where !contracts.contains(file.path) {
            protect(file: file.path, in: root, readBy: "the repository")
        }
        for path in contracts.sorted() { protect(contract: path, in: root, readBy: "the repository") }
        for ending in ["yaml", "yml"] { protect("definitions/**/*.\(ending)", in: root, readBy: "the repository") }
        for name in ["tally.yaml", Lockfile.fileName] { protect(file: name, in: root, readBy: "the repository") }
        protect(folder: root + "/.tally", readBy: "the repository")
        for source in repository.sources { protect(source, in: root) }
        guard let project = repository.project else { return }
        for path in [project.registry.path, project.online.path].compactMap({ $0 }) {
            protect(file: path, in: root, readBy: "the repository")
            protect(folder: path.path(from: root), readBy: "the repository")
        }
    }
}
