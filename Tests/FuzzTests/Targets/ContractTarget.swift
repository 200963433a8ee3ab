// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel

/// A text as a contract: what was read of it can be written, and read again.
struct ContractTarget: FuzzTarget {
    static let name = "Contract"
    let words = [
        "apiVersion: v3.1.0", "kind: DataContract", "schema:\n- name: ", "logicalType: ", "quality:\n", "- ", "  ",
        ": ", "|",
        "!!", "&a", "*a", "[", "{", "mustBe: ", "\n",
    ]

    init(folder: String) {}

    var seeds: [[UInt8]] {
        [Array("apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n".utf8)]
    }

    func run(_ input: [UInt8]) throws {
        let file = DefinitionFile(path: "contracts/c.odcs.yaml", text: text(input))
        let loaded = ContractReader.read(file)
        _ = DiagnosticRenderer.text(loaded.diagnostics, sources: [file])
        guard let contract = loaded.contract else { return }
        let again = ContractReader.read(
            DefinitionFile(path: "c.odcs.yaml", text: ContractWriter.yaml(contract.document)))
        try FuzzFinding.unless(again.contract != nil, "what was written cannot be read")
    }
}
