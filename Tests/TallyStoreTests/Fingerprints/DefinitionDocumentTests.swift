// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyModel
import Testing

@testable import TallyStore

@Suite struct DefinitionDocumentTests {
    /// A document as a registry on disk gives it back: its text, members in another order.
    private func stored(_ document: JSON) throws -> JSON { try JSON(parsing: document.canonicalText) }

    @Test func `every definition is read back as it was written`() throws {
        for seed in 0..<400 {
            var random = RandomDefinitions(seed: UInt64(seed))
            let (entity, source, view, service) = (random.entity(), random.source(), random.view(), random.service())
            let reads = random.reads()
            #expect(DefinitionDocument.entity(try stored(DefinitionDocument.of(entity))) == entity, "seed \(seed)")
            let documents = try [
                stored(DefinitionDocument.of(source, contract: nil, reads: reads)),
                stored(DefinitionDocument.of(view, reads: reads)),
                stored(DefinitionDocument.of(service, reads: reads)),
            ]
            #expect(DefinitionDocument.source(documents[0]) == source, "seed \(seed)")
            #expect(DefinitionDocument.view(documents[1]) == view, "seed \(seed)")
            #expect(DefinitionDocument.service(documents[2]) == service, "seed \(seed)")
            for document in documents {
                #expect(Set(DefinitionDocument.reads(document) ?? []) == Set(reads), "seed \(seed)")
            }
        }
    }

    @Test func `the definitions of a graph are put together again from its nodes`() throws {
        for definitions in [
            FlightDefinitions(),
            FlightDefinitions(features: [Feature(name: "wind_speed", type: .float64)], request: [], onDemand: []),
        ] {
            let set = definitions.set
            let nodes = try FingerprintGraph.build(from: set).nodes
            let read = try RecordedDefinitions(project: set.project.name, nodes: nodes).set
            #expect(read.entities == set.entities)
            #expect(read.sources == set.sources)
            #expect(read.views == set.views)
            #expect(read.services == set.services)
            for (source, columns) in read.sourceColumns {
                #expect(Set(columns).isSubset(of: set.sourceColumns[source] ?? []), "\(source)")
            }
            for view in read.views.values { _ = try CompiledView(view, in: read) }
        }
    }

    @Test func `a damaged document is E-corrupt, and never read as something else`() throws {
        for seed in 0..<10 {
            var random = RandomDefinitions(seed: UInt64(seed))
            let reads = random.reads()
            let documents: [(DefinitionID, JSON)] = [
                (.entity("e"), DefinitionDocument.of(random.entity())),
                (.source("s"), DefinitionDocument.of(random.source(), contract: nil, reads: reads)),
                (.view("v"), DefinitionDocument.of(random.view(), reads: reads)),
                (.service("m"), DefinitionDocument.of(random.service(), reads: reads)),
            ]
            for (id, document) in documents {
                for damaged in Self.damaged(document) where damaged.canonicalText != document.canonicalText {
                    try expectNoOtherReading(of: damaged, as: id, "seed \(seed)")
                }
            }
        }
    }

    /// A damaged document is refused, or is the very document of what was read.
    private func expectNoOtherReading(of document: JSON, as id: DefinitionID, _ context: String) throws {
        let fingerprint = Fingerprint(of: document)
        let node = PlanNode(
            id: id, document: document,
            fingerprints: Fingerprints(storage: fingerprint, value: fingerprint, promise: fingerprint))
        do throws(TallyError) {
            let set = try RecordedDefinitions(project: "p", nodes: [node]).set
            let reads = DefinitionDocument.reads(document) ?? []
            let written =
                set.entities.values.map { DefinitionDocument.of($0) }
                + set.sources.values.map { DefinitionDocument.of($0, contract: nil, reads: reads) }
                + set.views.values.map { DefinitionDocument.of($0, reads: reads) }
                + set.services.values.map { DefinitionDocument.of($0, reads: reads) }
            #expect(written.map(\.canonicalText) == [document.canonicalText], "\(context): \(document.compactText)")
        } catch {
            #expect(error.code == .corrupt, "\(context)")
            #expect(error.subject == id.description, "\(context)")
        }
    }

    /// The document without a member, with a value of another kind, with a member that nobody knows, at every place.
    private static func damaged(_ document: JSON) -> [JSON] {
        let others: [JSON] = [.int(7), .null, .array([]), .object([]), .string("no such thing"), .bool(false)]
        var found = others
        switch document {
        case .members(let members):
            found.append(.members(members + [JSON.Member("unknown", .int(1))]))
            for index in members.indices {
                var rest = members
                let member = rest.remove(at: index)
                found.append(.members(rest))
                for value in damaged(member.value) {
                    rest = members
                    rest[index] = JSON.Member(member.name, value)
                    found.append(.members(rest))
                }
            }
        case .array(let elements):
            for index in elements.indices {
                var rest = elements
                rest.remove(at: index)
                found.append(.array(rest))
                for value in damaged(elements[index]) {
                    rest = elements
                    rest[index] = value
                    found.append(.array(rest))
                }
            }
        case .null, .bool, .int, .double, .string: break
        }
        return found
    }
}
