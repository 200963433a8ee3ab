// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyModel

/// `tally init`: a repository that works.
struct RepositoryInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a repository that works: a small one with its data, or the flights example.",
        discussion: "Example: tally init --example flights")

    @Option(name: .customShort("C"), help: "The folder to write to; made when it is missing.")
    var directory = "."

    @Option(help: "flights: departures from New York in 2013, with a script that brings the data.")
    var example: Example?

    enum Example: String, ExpressibleByArgument, CaseIterable {
        case flights
    }

    func run() throws {
        let template =
            switch example {
            case nil: StarterRepository.template(at: SystemClock.now())
            case .flights: FlightsExample.template
            }
        let present = template.files.map(\.path).filter { FileName.exists(directory + "/" + $0) }
        // What belongs to the folder rather than to us stays as it is.
        let taken = present.filter { !RepositoryTemplate.ownToFolder.contains($0) }
        guard taken.isEmpty else {
            throw TallyError(
                .misuse, "there is already \(taken.joined(separator: ", "))", subject: directory,
                help: "choose an empty folder with -C; nothing was written")
        }
        for file in template.files {
            guard !present.contains(file.path) else {
                let hint = file.path == ".gitignore" ? "; see that it has .tally/" : ""
                Terminal.write("kept \(directory)/\(file.path)\(hint)")
                continue
            }
            let path = directory + "/" + file.path
            do throws(OpenFile.Failure) {
                try FileName.makeFolder(FileName.folder(of: path))
            } catch {
                throw TallyError(.unwritable, "the folder cannot be made: \(error.message)", subject: path)
            }
            try AtomicFile.write(Array(file.text.utf8), to: path)
            Terminal.write("wrote \(path)")
        }
        Terminal.write("\nnext:\n" + template.nextSteps.map { "  \($0)" }.joined(separator: "\n"))
    }
}

/// Files that make a repository, and what to do after they are written.
struct RepositoryTemplate {
    let files: [(path: String, text: String)]
    let nextSteps: [String]

    /// Files that a folder may have already without being a repository of ours.
    static let ownToFolder: Set<String> = [".gitignore", "README.md"]
}
