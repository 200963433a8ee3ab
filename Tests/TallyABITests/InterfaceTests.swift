// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import CTally
import Dispatch
import TallyModel
import TallyTesting
import Testing

/// The C interface over a small repository.
@Suite(.serialized) struct InterfaceTests {
    @Test func `a repository goes from a check to a vector and a training set`() async throws {
        let shop = try Shop()
        let (status, store, error) = CallingC.open(shop.root, options: #"{"threads": 1, "memory": 512000000}"#)
        try #require(status == TALLY_OK, "\(error ?? "")")
        defer { tally_free(store) }
        let problems = try await json(CallingC.call(store, "check"))["diagnostics"]?.arrayValue ?? []
        #expect(!problems.contains { $0["severity"]?.stringValue == "error" }, "\(problems)")
        #expect(try await json(CallingC.call(store, "plan", "{}"))["contracts"]?.arrayValue?.isEmpty == true)
        let early = await CallingC.call(store, "get", #"{"service": "model", "entities": {"user_id": [1]}}"#)
        #expect(try code(early) == "E-not-materialized")
        #expect(try await json(CallingC.call(store, "apply"))["didCommit"]?.boolValue == true)
        #expect(try await json(CallingC.call(store, "materialize"))["promoted"]?.arrayValue?.count == 1)

        let vectors = try await json(
            CallingC.call(store, "get", #"{"service": "model", "entities": {"user_id": [1, 2, null, "3"]}}"#))
        let column = vectors["columns"]?.arrayValue?.first
        #expect(column?["values"]?.compactText == "[20,5,null,null]")
        #expect(column?["statuses"]?.compactText == #"["present","present","notFound","notFound"]"#)

        let output = shop.root + "/train.csv"
        let manifest = try await json(
            CallingC.call(
                store, "train", #"{"service": "model", "spine": "\#(shop.root)/spine.csv", "output": "\#(output)"}"#))
        #expect(manifest["counts"]?["rows"]?["written"] == .int(2))
        #expect(try AtomicFile.read(output) != nil)
        #expect(
            try await json(CallingC.call(store, "compare", #"{"service": "model", "sample": 4}"#))["differing"]
                == .int(0))
        #expect(try await json(CallingC.call(store, "status"))["changes"] == .int(0))
        #expect(try await json(CallingC.call(store, "list", #"{"kind": "all"}"#)).arrayValue?.count == 4)
        #expect(try await code(CallingC.call(store, "verify")) == "E-not-found", "nothing makes a promise here")
    }

    @Test func `what this process filled is seen by the next read`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root).store
        defer { tally_free(store) }
        for verb in ["apply", "materialize"] { _ = try await json(CallingC.call(store, verb)) }
        let ask = #"{"service": "model", "entities": {"user_id": [1]}}"#
        #expect(
            try await json(CallingC.call(store, "get", ask))["columns"]?.arrayValue?.first?["values"]?.compactText
                == "[20]")
        try shop.folder.write("user_id,at,total\n1,2024-01-01T13:00:00Z,30\n", to: "orders/2.csv")
        _ = try await json(CallingC.call(store, "materialize"))
        #expect(
            try await json(CallingC.call(store, "get", ask))["columns"]?.arrayValue?.first?["values"]?.compactText
                == "[30]")
    }

    @Test func `a wrong request is an error that says what to write`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root).store
        defer { tally_free(store) }
        for (verb, request, message) in [
            ("chek", "{}", "there is no verb 'chek'"), ("check", "[1]", "the request is no object"),
            ("check", #"{"all": true}"#, "the request has no member 'all'"), ("get", "{", "the request is no JSON"),
            ("get", "{}", "'service' is missing"),
            ("train", #"{"service": "model", "spine": "a"}"#, "'spine' is no absolute"),
            ("materialize", #"{"full": 1}"#, "'full' is neither true nor false"),
            ("materialize", #"{"until": "2024-01-01"}"#, "'until' is no instant"),
            ("materialize", #"{"views": ["a", 1]}"#, "'views' is no list of texts"),
            ("verify", #"{"samples": 1001}"#, "'samples' is no whole number from 0 to 1000"),
            ("compare", #"{"service": "model", "sample": 1.5}"#, "'sample' is no whole number"),
            ("list", #"{"kind": "things"}"#, "'kind' is not 'things'"), ("join", "{}", "'sources' is missing"),
            ("join", #"{"sources": [{"name": "a", "keys": []}]}"#, "'path' is missing"),
            ("leaks", #"{"sources": 1}"#, "'sources' is no list of objects"),
            ("leaks", #"{"sources": [], "columns": [{"q": 1}]}"#, "has no member 'q'"),
        ] {
            let outcome = await CallingC.call(store, verb, request)
            #expect(try code(outcome) == "E-misuse", "\(verb) \(request)")
            #expect(outcome.error?.contains(message) == true, "\(verb) \(request): \(outcome.error ?? "")")
        }
        #expect(CallingC.open(shop.root, options: #"{"help": "poem"}"#).status == TALLY_FAILED)
        #expect(CallingC.open(shop.root, options: #"{"threads": 0}"#).status == TALLY_FAILED)
        #expect(CallingC.open("/nowhere/at/all").error?.contains("E-not-found") == true)
        #expect(CallingC.open("").error?.contains("E-misuse") == true)
    }

    @Test func `entities of the wrong form are refused and nothing is cast`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root).store
        defer { tally_free(store) }
        for verb in ["apply", "materialize"] { _ = try await json(CallingC.call(store, verb)) }
        for entities in [
            #"{"user_id": [1.0]}"#, #"{"user_id": ["one"]}"#, #"{"user_id": [true]}"#, #"{"user_id": [[1]]}"#,
            #"{"user_id": 1}"#, #"{"user": [1]}"#, "{}", "[1]", #"{"user_id": [9223372036854775808]}"#,
        ] {
            let outcome = await CallingC.call(store, "get", #"{"service": "model", "entities": \#(entities)}"#)
            #expect(try code(outcome) == "E-misuse", "\(entities): \(outcome.answer ?? "")")
        }
        let none = await CallingC.call(store, "get", #"{"service": "model", "entities": {"user_id": []}}"#)
        #expect(try json(none)["columns"]?.arrayValue?.first?["values"]?.compactText == "[]")
        #expect(try await code(CallingC.call(store, "get", #"{"service": "modle", "entities": {}}"#)) == "E-not-found")
    }

    @Test func `bad handles and null pointers are a status`() async throws {
        for handle: UInt64 in [0, 1 << 31, .max, 1 << 63 | 1] {
            #expect(tally_free(handle) == TALLY_BAD_HANDLE)
            #expect(tally_cancel(handle) == TALLY_BAD_HANDLE)
            #expect(CallingC.text(handle) == nil)
            #expect(await CallingC.call(handle, "check").status == TALLY_BAD_HANDLE)
        }
        var store: UInt64 = 0
        let refused = unsafe [
            tally_text(1, nil, nil), tally_version(nil, nil), tally_cancellation(nil),
            tally_open("a", 1, nil, 0, nil, nil), tally_open(nil, 1, nil, 0, &store, nil),
            tally_open("a", -1, nil, 0, &store, nil),
            tally_open("a", Int(TALLY_MOST_BYTES) + 1, nil, 0, &store, nil),
        ]
        #expect(refused.allSatisfy { $0 == TALLY_BAD_ARGUMENT }, "\(refused)")
        let malformed = unsafe tally_open([-1], 1, nil, 0, &store, nil)
        #expect(malformed == TALLY_FAILED && store == 0, "0xFF is no UTF-8")

        let shop = try Shop()
        let opened = CallingC.open(shop.root).store
        let unplaced = tally_call(opened, nil, 0, nil, 0, 0, nil, nil)
        #expect(unplaced == TALLY_BAD_ARGUMENT)
        #expect(await CallingC.call(opened, "check", under: opened).status == TALLY_BAD_HANDLE)
        #expect(tally_cancel(opened) == TALLY_BAD_HANDLE, "a store is no cancellation")
        #expect(CallingC.text(opened) == nil, "a store has no text")
        #expect(tally_free(opened) == TALLY_OK)
        #expect(tally_free(opened) == TALLY_BAD_HANDLE)
        #expect(await CallingC.call(opened, "check").status == TALLY_BAD_HANDLE)
        let next = CallingC.open(shop.root).store
        #expect(next != opened, "a number is never used twice")
        tally_free(next)
    }

    @Test func `a cancelled call ends with an error, before it begins and while it runs`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root).store
        defer { tally_free(store) }
        _ = try await json(CallingC.call(store, "apply"))
        var cancellation: UInt64 = 0
        let made = unsafe tally_cancellation(&cancellation)
        #expect(made == TALLY_OK)
        #expect(await CallingC.call(store, "check", under: cancellation).status == TALLY_OK)
        #expect(tally_cancel(cancellation) == TALLY_OK)
        for verb in ["check", "get", "materialize"] {
            #expect(try await code(CallingC.call(store, verb, under: cancellation)) == "E-interrupted")
        }
        #expect(tally_free(cancellation) == TALLY_OK)
    }

    @Test func `many threads use one store at once, and nothing is left behind`() async throws {
        let shop = try Shop()
        let store = CallingC.open(shop.root).store
        for verb in ["apply", "materialize"] { _ = try await json(CallingC.call(store, verb)) }
        let before = tally_open_handles()
        let ask = #"{"service": "model", "entities": {"user_id": [1]}}"#
        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            let outcome = CallingC.callHere(store, "get", ask)
            #expect(outcome.answer?.contains(#""values":[20]"#) == true, "\(outcome)")
        }
        #expect(tally_open_handles() == before)
        #expect(tally_free(store) == TALLY_OK)
        #expect(tally_open_handles() == before - 1)
    }

    private func json(_ outcome: CallingC.Outcome) throws -> JSON {
        try JSON(parsing: try #require(outcome.answer, "\(outcome)"))
    }

    private func code(_ outcome: CallingC.Outcome) throws -> String? {
        try JSON(parsing: try #require(outcome.error, "\(outcome)"))["code"]?.stringValue
    }
}

/// A repository of one view in a folder of its own.
struct Shop {
    let folder: TemporaryFolder
    var root: String { folder.path }

    init() throws {
        folder = try TemporaryFolder("abi")
        try folder.write("project: shop\n", to: "tally.yaml")
        try folder.write(
            """
            kind: Entity
            name: user
            joinKeys: [{name: user_id, type: int64}]
            ---
            kind: Source
            name: orders
            path: orders/*.csv
            eventTime: at
            ---
            kind: FeatureView
            name: last_order
            entities: [user]
            source: orders
            features: [{name: total, type: int64}]
            ---
            kind: FeatureService
            name: model
            features: [last_order]
            """, to: "definitions/all.yaml")
        try folder.write(
            "user_id,at,total\n1,2024-01-01T10:00:00Z,10\n1,2024-01-01T11:00:00Z,20\n2,2024-01-01T10:30:00Z,5\n",
            to: "orders/1.csv")
        try folder.write(
            "user_id,event_timestamp\n1,2024-01-01T10:30:00Z\n2,2024-01-01T12:00:00Z\n", to: "spine.csv")
    }
}
