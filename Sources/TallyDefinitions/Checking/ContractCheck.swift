// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel

/// Checks that the contract a source names speaks about the source.
struct ContractCheck {
    let check: RepositoryCheck

    /// The contract; nil when none is named, or it could not be read.
    func contract(of source: Source, _ located: LocatedDefinition) -> Contract? {
        guard let path = source.contract, let contract = check.repository.contracts[path]?.contract else { return nil }
        guard contract.object(forSource: source.name) == nil else { return contract }
        let names = contract.objects.map(\.name)
        let message =
            names.isEmpty
            ? "contract '\(path)' declares no object"
            : "contract '\(path)' has no object '\(source.name)', and more than one other"
        check.findings.error(
            DefinitionCode.contractObject, message, at: located.place("contract"),
            note: names.isEmpty ? nil : "it has \(listed(names))",
            help: names.isEmpty
                ? "add 'schema:' with an object '\(source.name)' to it"
                : "give the source the name of its object, or the object that of the source")
        return nil
    }
}
