// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import Foundation
import HTTPTypes
import TallyModel
import Testing
import Yams

@testable import TallyServer

/// `docs/openapi.yaml` against the server: every example of the document is sent, and every route has to be in it.
@Suite struct OpenAPITests {
    private let document: JSON

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/openapi.yaml"), encoding: .utf8)
        document = Self.json(try #require(try Yams.compose(yaml: text)))
    }

    @Test func `every route of the server is in the document, and no other`() {
        let paths = document["paths"]?.objectValue ?? []
        #expect(Set(paths.map(\.name)) == Set(RouteTable.entries.map(\.route.template)))
        for route in RouteTable.entries.map(\.route) {
            let methods = document["paths"]?[route.template]?.objectValue?.map(\.name) ?? []
            #expect(methods == [route.method.rawValue.lowercased()], "\(route.template)")
        }
    }

    @Test func `every example of the document gets the answer that the document promises`() async throws {
        let fixture = try await ServerFixture()
        fixture.server.front.readiness.set(true)
        var sent = 0
        for path in document["paths"]?.objectValue ?? [] {
            for operation in path.value.objectValue ?? [] {
                for example in examples(of: operation.value, path: path.name) {
                    let method: HTTPRequest.Method = operation.name == "post" ? .post : .get
                    let answer = try await fixture.send(method, example.path, example.body)
                    #expect(answer.status == example.status, "\(example): \(answer.text.prefix(300))")
                    check(answer, operation.value, "\(example)")
                    sent += 1
                }
            }
        }
        #expect(sent > 35)
    }

    @Test func `behind a locked door every example gets the refusal that the document promises`() async throws {
        let kit = try TokenKit()
        let reader = try await kit.add(.read)
        let fixture = try await ServerFixture(door: try kit.door())
        fixture.server.front.readiness.set(true)
        #expect(document["components"]?["securitySchemes"]?["token"]?["scheme"] == .string("bearer"))
        for path in document["paths"]?.objectValue ?? [] {
            for operation in path.value.objectValue ?? [] {
                let isOpen = operation.value["security"] == .array([])
                let writes = operation.value["responses"]?["403"] != nil
                for example in examples(of: operation.value, path: path.name) {
                    let method: HTTPRequest.Method = operation.name == "post" ? .post : .get
                    let bare = try await fixture.send(method, example.path, example.body)
                    #expect(bare.status == (isOpen ? example.status : 401), "\(example)")
                    check(bare, operation.value, "\(example)")
                    guard writes else { continue }
                    let narrow = try await fixture.send(
                        method, example.path, example.body, fields: ["Authorization": "Bearer \(reader)"])
                    #expect(narrow.status == 403, "\(example)")
                    check(narrow, operation.value, "\(example)")
                }
            }
        }
    }

    @Test func `a wrong answer would be noticed`() {
        let schema = resolve(.object([("$ref", .string("#/components/schemas/Error"))]))
        for wrong in ["{}", #"{"error":{}}"#, #"{"error":1}"#, #"{"error":null,"more":1}"#] {
            let value = (try? JSON(parsing: wrong)) ?? .null
            #expect(!problems(value, schema, "answer").isEmpty, "\(wrong)")
        }
    }

    private struct Example {
        let status: Int
        let path: String
        let body: String?
    }

    private func examples(of operation: JSON, path: String) -> [Example] {
        let bodies = operation["requestBody"]?["content"]?["application/json"]?["examples"]?.objectValue ?? []
        if !bodies.isEmpty {
            return bodies.map { example in
                Example(status: status(example.name), path: path, body: example.value["value"]?.compactText ?? "")
            }
        }
        let names = operation["parameters"]?.arrayValue?.first { $0["in"] == .string("path") }?["examples"]?.objectValue
        guard let names else { return [Example(status: 200, path: path, body: nil)] }
        return names.map { example in
            Example(
                status: status(example.name),
                path: path.replacingOccurrences(of: "{name}", with: example.value["value"]?.stringValue ?? ""),
                body: nil)
        }
    }

    private func status(_ name: String) -> Int { Int(name.prefix(3)) ?? 0 }

    private func check(_ answer: Answer, _ operation: JSON, _ what: String) {
        guard let response = operation["responses"]?[String(answer.status)].map(resolve) else {
            Issue.record("\(what): the document knows no status \(answer.status)")
            return
        }
        guard let content = response["content"]?.objectValue?.first else {
            #expect(answer.text.isEmpty, "\(what)")
            return
        }
        #expect(answer.fields[.contentType]?.hasPrefix(content.name) == true, "\(what)")
        guard content.name == "application/json", let schema = content.value["schema"] else { return }
        for problem in problems(answer.json, schema, "answer") { Issue.record("\(what): \(problem)") }
    }

    private func resolve(_ value: JSON) -> JSON {
        guard let reference = value["$ref"]?.stringValue else { return value }
        var found = document
        for name in reference.split(separator: "/").dropFirst() { found = found[String(name)] ?? .null }
        return resolve(found)
    }

    /// Where a value does not fit a schema: the few words of JSON Schema that the document uses.
    private func problems(_ value: JSON, _ unresolved: JSON, _ place: String) -> [String] {
        let schema = resolve(unresolved)
        var found = (schema["allOf"]?.arrayValue ?? []).flatMap { problems(value, $0, place) }
        if let choices = schema["anyOf"]?.arrayValue, !choices.contains(where: { problems(value, $0, place).isEmpty }) {
            found.append("\(place) fits no choice")
        }
        if let type = schema["type"] {
            let types = type.arrayValue ?? [type]
            guard types.contains(where: { isOf($0.stringValue ?? "", value) }) else {
                return found + ["\(place) is not \(type.compactText)"]
            }
        }
        if let words = schema["enum"]?.arrayValue, !words.contains(value) { found.append("\(place) is not listed") }
        if let members = value.objectValue {
            for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where value[name] == nil {
                found.append("\(place).\(name) is missing")
            }
            for member in members {
                if let inner = schema["properties"]?[member.name] {
                    found += problems(member.value, inner, place + "." + member.name)
                } else if schema["additionalProperties"] == .bool(false) {
                    found.append("\(place).\(member.name) is not in the document")
                }
            }
        }
        if let items = schema["items"] {
            for (index, element) in (value.arrayValue ?? []).enumerated() {
                found += problems(element, items, place + "[\(index)]")
            }
        }
        return found
    }

    private func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .int), ("number", .int), ("number", .double),
            ("string", .string), ("array", .array), ("object", .members):
            true
        default: false
        }
    }

    /// A YAML node as JSON, by the types of YAML's core schema.
    private static func json(_ node: Node) -> JSON {
        switch node {
        case .mapping(let mapping):
            return .members(mapping.map { JSON.Member($0.key.string ?? "", json($0.value)) })
        case .sequence(let sequence): return .array(sequence.map(json))
        case .scalar(let scalar):
            if scalar.style != .plain { return .string(scalar.string) }
            if let flag = node.bool { return .bool(flag) }
            if node.null != nil { return .null }
            if let number = node.int { return .int(Int64(number)) }
            if let number = node.float { return .double(number) }
            return .string(scalar.string)
        case .alias: return .null
        }
    }
}
