// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import TallyModel
import TallyStore
import TallyTesting

@testable import TallyServer

/// A repository of flights in memory behind a server that no socket leads to; its clock is set.
final class ServerFixture: Sendable {
    let registry = InMemoryRegistry()
    let store = InMemoryOnlineStore()
    let folder: TemporaryFolder
    let engine: InMemoryEngine
    let lines = LogLines()
    private let setClock = SetClock()
    let parts: ServerParts
    let server: TallyServer

    /// 2013-01-01T12:00:00Z.
    static let noon = Timestamp(microseconds: 1_357_041_600_000_000)

    var clock: @Sendable () -> Timestamp { setClock.now }

    /// Applies the definitions and fills all views but `untouched`.
    init(
        settings: ServerSettings = ServerSettings(), pace: any Clock<Duration> = ContinuousClock(),
        isFilled: Bool = true, door: Door = Door(), certificates: Certificates? = nil,
        engine wrap: (@Sendable (InMemoryEngine) -> any OfflineEngine)? = nil,
        registry wrapRegistry: (@Sendable (InMemoryRegistry) -> any Registry)? = nil,
        listening: @escaping TallyServer.Listening = { _, _ in }
    ) async throws {
        folder = try TemporaryFolder("server")
        for (path, rows) in FlightData.tables { try folder.write("\(rows.count) rows", to: path) }
        engine = InMemoryEngine(tables: FlightData.tables)
        let plan = try Planner.plan(current: try await registry.state(), wanted: FlightData.definitions)
        _ = try await registry.commit(RegistryCommit(plan, at: Self.noon, by: "ann"))
        let clock = setClock
        let used = wrap?(engine) ?? engine
        let registered = wrapRegistry?(registry) ?? registry
        let sources = SourcePreparer(root: folder.path, engine: used, registry: registered)
        let materializer = Materializer(
            registry: registered, store: store, engine: used, sources: sources, clock: clock.now, user: "ann")
        if isFilled {
            _ = try await Materializer(
                registry: registry, store: store, engine: engine,
                sources: SourcePreparer(root: folder.path, engine: engine, registry: registry), clock: clock.now,
                user: "ann"
            ).run(MaterializationRequest(views: ["origin_weather", "planes"]))
        }
        parts = ServerParts(
            serving: try await Serving(registry: registered, store: store),
            reader: VectorReader(
                store: store, clock: clock.now, offline: OfflineFallback(engine: used, sources: sources)),
            materializer: materializer, store: store, registry: registered, clock: clock.now, door: door,
            certificates: certificates)
        let lines = lines
        var logger = Logger(label: "test") { _ in lines.handler }
        logger.logLevel = .info
        server = TallyServer(parts, settings: settings, logger: logger, pace: pace, listening: listening)
    }

    /// Sets the clock, in seconds after noon.
    func setClock(_ secondsAfterNoon: Int64) {
        setClock.set(Timestamp(microseconds: Self.noon.microseconds + secondsAfterNoon * 1_000_000))
    }

    /// Sends a request to the server's front.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, fields: [String: String] = [:],
        host: String = "localhost", stream: RequestBody? = nil
    ) async throws -> Answer {
        let request = Self.request(path, body, method, fields: fields, host: host, stream: stream)
        let response = await server.front.respond(to: request, server.front.begin())
        var collector = Collector()
        let sink = collector.bytes
        try await response.body.write(collector)
        collector = Collector()
        return Answer(
            status: response.status.code, fields: response.headers,
            text: String(decoding: sink.withLock { $0 }, as: UTF8.self))
    }

    /// A request as a connection would bring it.
    static func request(
        _ path: String, _ body: String?, _ method: HTTPRequest.Method = .post, fields: [String: String] = [:],
        host: String = "localhost", stream: RequestBody? = nil
    ) -> Request {
        var headers = HTTPFields()
        if body != nil, fields["Content-Type"] == nil { headers[.contentType] = "application/json" }
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: host, path: path, headerFields: headers),
            body: stream ?? RequestBody(buffer: ByteBuffer(string: body ?? "")))
    }

    func post(_ path: String, _ body: String, fields: [String: String] = [:]) async throws -> Answer {
        try await send(.post, path, body, fields: fields)
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }
}

/// An answer as a client sees it.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let text: String

    /// The body as JSON; null when it is none.
    var json: JSON { (try? JSON(parsing: text)) ?? .null }

    /// The JSON inside a JSON string, as Feast writes errors.
    var feastError: JSON { json.stringValue.flatMap { try? JSON(parsing: $0) } ?? .null }
}

/// A clock that is set by hand.
final class SetClock: Sendable {
    private let time = Mutex(ServerFixture.noon)

    var now: @Sendable () -> Timestamp { { self.time.withLock { $0 } } }

    func set(_ time: Timestamp) { self.time.withLock { $0 = time } }
}

/// Collects a body.
struct Collector: ResponseBodyWriter {
    final class Bytes: Sendable {
        private let collected = Mutex<[UInt8]>([])
        func withLock<Result: Sendable>(_ body: (inout sending [UInt8]) -> sending Result) -> Result {
            collected.withLock(body)
        }
    }
    let bytes = Bytes()

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer: buffer) } }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// The lines that were logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var handler: any LogHandler { Handler(lines: self) }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
        }
    }
}
