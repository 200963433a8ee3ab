// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import FuzzKit
import Glibc
import TallyDefinitions
import TallyModel

/// A text as a contract and as a file of definitions: whatever it is, reading ends in diagnostics and never in a trap.
@main struct ContractFuzzer {
    static func main() {
        exit(
            fuzz { text in
                let file = DefinitionFile(path: "contracts/c.odcs.yaml", text: text)
                let loaded = ContractReader.read(file)
                _ = DiagnosticRenderer.text(loaded.diagnostics, sources: [file])
                if let contract = loaded.contract {
                    let again = ContractReader.read(
                        DefinitionFile(path: "c.odcs.yaml", text: ContractWriter.yaml(contract.document)))
                    precondition(again.contract != nil, "what was written cannot be read")
                }
                let definitions = DefinitionFile(path: "definitions/d.yaml", text: text)
                let repository = RepositoryReader.read(files: [definitions])
                _ = DiagnosticRenderer.text(
                    repository.check(descriptions: [:]).diagnostics, sources: repository.files)
            })
    }
}
