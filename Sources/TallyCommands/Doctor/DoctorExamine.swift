// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyModel
internal import TallyStore

/// `tally doctor`: examines everything that is stored.
struct DoctorExamine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look through everything that is stored, and say what is damaged and what to do.",
        discussion: """
            Reads the pages and all cells of the online store, the registry, the room on the disk, the clock, and looks for files             that killed runs left. Ends with 1 when something is broken and 3 when something could not be proved.

            Example: tally doctor --format json
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let findings = try await global.store().examine()
        Output.render(global.format, table: Self.text(findings), json: Self.json(findings))
        if findings.contains(where: { $0.state == .broken }) { throw ExitStatus.broken }
        if findings.contains(where: { $0.state == .unproven }) { throw ExitStatus.unproven }
    }

    private static func text(_ findings: [HealthFinding]) -> String {
        var table = TextTable(headings: ["what", "state", "found", "what to do"])
        for finding in findings {
            table.rows.append([finding.what, finding.state.rawValue, finding.found, finding.advice?.description ?? "-"])
        }
        return table.text
    }

    private static func json(_ findings: [HealthFinding]) -> JSON {
        .object([("findings", .array(findings.map(\.json)))])
    }
}
