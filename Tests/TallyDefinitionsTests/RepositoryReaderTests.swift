// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import TallyDefinitions
import TallyModel
import TallyTesting
import Testing

@Suite("RepositoryReader")
struct RepositoryReaderTests {
    @Test
    func `a correct repository gives no diagnostics and everything that was written`() throws {
        let repository = RepositoryReader.read(files: SampleRepository.files)
        let result = repository.check(descriptions: SampleRepository.descriptions)
        #expect(result.diagnostics == [])
        #expect(result.unproven == [])
        let set = try #require(result.set)
        #expect(set.project == Project(name: "flights"))
        #expect(set.entities.keys.sorted() == ["airport", "no"])
        #expect(set.entities["airport"]?.annotation.tags == ["domain": "flights", "tier": "1"])
        #expect(set.entities["no"]?.joinKeys == [ColumnSchema(name: "no", type: .int64)])
        let landed = try #require(set.sources["landed"])
        #expect(landed.location == .query("select *, cast(day as timestamptz) as at from 'flights.parquet'"))
        #expect(landed.knownTime == .column("filed_at"))
        #expect(set.sources["lanes"]?.location == .files(path: "data/lanes.csv.gz", format: .csv))
        #expect(set.sources["weather"]?.knownTime == .after(TimeSpan(microseconds: 1_200_000_000)))
        #expect(set.sourceColumns["landed"]?.count == 4)
        let view = try #require(set.views["origin_weather"])
        #expect(view.annotation.description == "Hourly weather: it's measured at the airport.")
        #expect(view.features.map(\.type) == [.float64, .bool, .array(.int64)])
        #expect(view.features[1].annotation.tags == ["on": "yes"])
        #expect(view.features[1].expression == "visib < 1.0\nand wind_speed > 0.0\n")
        #expect(set.views["lane"]?.features.first?.isStrict == true)
        let service = try #require(set.services["arrival_delay"])
        #expect(service.selections.map(\.view) == ["origin_weather", "lane"])
        #expect(
            service.selections[0].items == [
                .init(feature: "low_visibility"), .init(feature: "wind_speed", alias: "wind"),
            ])
        #expect(service.request.map(\.name) == ["course", "distance"])
        #expect(service.onDemand.map(\.name) == ["double_headwind", "headwind", "hour_of_day"])
        #expect(service.label?.unripe == .flag)
        #expect(service.label?.maturity.description == "6h")
        #expect(service.label?.alias == "delay")
    }

    @Test
    func `the order of files does not matter`() throws {
        for seed in UInt64(1)...3 {
            var random = SeededGenerator(seed: seed)
            for golden in Golden.all {
                let files = golden.repository.files
                let shuffled = files.shuffled(using: &random)
                let descriptions = try golden.descriptions()
                let first = RepositoryReader.read(files: files).check(descriptions: descriptions)
                let second = RepositoryReader.read(files: shuffled).check(descriptions: descriptions)
                #expect(first.diagnostics == second.diagnostics, "seed \(seed), \(golden.name)")
                #expect(first.set == second.set, "seed \(seed), \(golden.name)")
            }
        }
    }

    @Test
    func `the example's definitions have no problems; without data its sources are unproven`() {
        let root = Golden.folder.appending(path: "../../../Examples/flights").standardizedFileURL.path
        let repository = RepositoryReader.read(root: root)
        let result = repository.check(descriptions: [:])
        #expect(result.diagnostics == [])
        #expect(result.unproven.count == repository.sources.count)
        #expect(repository.sources.count > 0)
    }

    @Test
    func `files are found in folders below definitions, hidden ones are passed over, links to nothing are told`() throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tally-definitions-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, to path: String) throws {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try write("\u{FEFF}project: flights\r\n", to: "tally.yaml")
        try write("kind: Entity\nname: a\njoinKeys: [{name: a, type: int64}]\n", to: "definitions/one.yaml")
        try write("kind: Entity\nname: b\njoinKeys: [{name: b, type: int64}]\n", to: "definitions/deep/down/two.yml")
        try write("kind: nonsense", to: "definitions/.hidden.yaml")
        try write("kind: nonsense", to: "definitions/notes.txt")
        try write("kind: nonsense", to: "elsewhere.yaml")
        let repository = RepositoryReader.read(root: folder.path)
        #expect(repository.diagnostics == [])
        #expect(
            repository.files.map(\.path) == ["definitions/deep/down/two.yml", "definitions/one.yaml", "tally.yaml"])
        #expect(repository.definitions.map(\.definition.name) == ["b", "a"])
        #expect(RepositoryReader.findRoot(from: folder.appending(path: "definitions/deep").path) == folder.path)
        #expect(RepositoryReader.findRoot(from: folder.path + "/./definitions/..") == folder.path)
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(path: "definitions/gone.yaml").path, withDestinationPath: "/nowhere/at/all.yaml")
        let diagnostics = RepositoryReader.read(root: folder.path).diagnostics
        #expect(diagnostics.map(\.code.code) == ["T0101"])
        #expect(diagnostics.first?.location.file == "definitions/gone.yaml")
    }

    @Test
    func `there is no root above a folder without tally.yaml`() {
        #expect(RepositoryReader.findRoot(from: "/") == nil)
    }
}
