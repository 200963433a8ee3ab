// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyDefinitions
import TallyModel
import Testing

/// The forms of times that contracts declare, and what sources make of them.
@Suite struct ContractTimeFormatTests {
    private func loaded(_ properties: String) -> LoadedContract {
        ContractReader.read(
            DefinitionFile(
                path: "c.odcs.yaml",
                text: """
                    apiVersion: v3.2.0
                    kind: DataContract
                    id: c
                    version: 1.0.0
                    status: active
                    team: {name: t}
                    schema:
                      - name: t
                        properties: [\(properties)]
                    """))
    }

    private func source(_ format: Source.FileFormat, text: TextOptions = .plain) -> Source {
        Source(name: "s", location: .files(path: "x", format: format), text: text)
    }

    private let day = #"{name: d, physicalName: D, logicalType: date, logicalTypeOptions: {format: dd/MM/yyyy}}"#

    @Test(arguments: [Source.FileFormat.csv, .json])
    func `text is read by the contract's form, before the form of all times`(_ format: Source.FileFormat) throws {
        let contract = try #require(loaded(day).contract)
        let read = source(format, text: TextOptions(timeFormat: "yyyyMMdd")).reading(as: contract).text
        #expect(read.format(of: "D") == "dd/MM/yyyy" && read.format(of: "d") == "yyyyMMdd")
    }

    @Test func `a form that the source gives to the column stays`() throws {
        let contract = try #require(loaded(day).contract)
        let own = TextOptions.plain.reading("D", as: "epoch_seconds")
        #expect(source(.csv, text: own).reading(as: contract).text.format(of: "D") == "epoch_seconds")
    }

    @Test func `files that hold times have nothing to read by it`() throws {
        let contract = try #require(loaded(day).contract)
        #expect(source(.parquet).reading(as: contract) == source(.parquet))
    }

    @Test(arguments: [
        #"{name: d, logicalType: string, logicalTypeOptions: {format: uuid}}"#,
        #"{name: d, logicalType: time, logicalTypeOptions: {format: HH:mm}}"#, #"{name: d, logicalType: date}"#,
    ])
    func `only dates and timestamps have such a form`(_ property: String) throws {
        let contract = try #require(loaded(property).contract)
        #expect(source(.csv).reading(as: contract) == source(.csv))
    }

    @Test(arguments: [
        ("date", "dd. MMMM yy", "are not read from text"),
        ("timestamp", "yyyy-MM-dd[ HH:mm]", "are not read from text"),
        ("date", "yyyy-MM-dd HH:mm", "a date has none"),
    ])
    func `a form that no text is read by is told`(_ type: String, _ format: String, _ words: String) {
        let found = loaded("{name: d, logicalType: \(type), logicalTypeOptions: {format: \"\(format)\"}}").diagnostics
        #expect(found.count == 1 && found[0].severity == .warning, "\(found)")
        #expect(found.first?.code.code == "T0721" && found.first?.message.contains(words) == true, "\(found)")
    }
}
