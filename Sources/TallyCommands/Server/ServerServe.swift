// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import Logging
internal import ServiceLifecycle
internal import TallyAssembly
internal import TallyModel
internal import TallyServer
internal import TallyStore
internal import UnixSignals

/// `tally serve`: the HTTP server.
struct ServerServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve vectors, the catalogue and metrics over HTTP.",
        discussion: """
            Answers in its own form at /v1, in Feast's at /get-online-features, to people at /, to Prometheus at /metrics. New \
            fills and releases are noticed within a second. Once there is a token (tally token create), every request needs \
            one; without, it listens on this machine only. docs/guides/serving.md says how to lock the door.

            Example: tally serve --port 6566
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: "The address to listen at.")
    var host = ServerSettings().host

    @Flag(help: "Let everybody in who reaches the address, without a token.")
    var openToEverybody = false

    @Option(help: "The file with the tokens, such as a mounted secret, instead of .tally/tokens.json.")
    var tokens: String?

    @OptionGroup var encryption: EncryptionOptions

    @Option(help: "The port to listen at; 0 lets the system choose one.")
    var port = ServerSettings().port

    @Option(help: "Threads that serve connections; one a core when left out.")
    var threads: Int?

    @Option(help: "How much to log: debug, info, warning or error.")
    var log: LogLevel = .info

    @Option(
        help: "Memory for fills and for answers from the sources, such as 512MB or 4GB; requests may hold a quarter.",
        transform: ByteCount.read)
    var memory = ByteCount(EngineLimits.defaultMemory)

    @Option(help: "How long a server that is to stop still takes requests, such as 3s.", transform: Self.drain)
    var drain = Duration.seconds(3)

    @Option(help: "A name of this server that requests to fill the store may give, beside --host and localhost.")
    var knownHost: [String] = []

    @Option(
        help: "How often to look through everything that is stored, such as 24h; 0s for never.", transform: Self.scrub)
    var scrub = Duration.seconds(86_400)

    private static func scrub(_ text: String) throws -> Duration {
        guard let span = TimeSpan(text), span >= .zero else {
            throw ValidationError("--scrub '\(text)' is no time: write for example 24h, or 0s for never")
        }
        return .microseconds(span.microseconds)
    }

    private static func drain(_ text: String) throws -> Duration {
        guard let span = TimeSpan(text), span >= .zero, span.microseconds <= 3_600_000_000 else {
            throw ValidationError("--drain '\(text)' is no time between 0s and 1h: write for example 3s")
        }
        return .microseconds(span.microseconds)
    }

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65535") }
        try EngineOptions.check(threads: threads)
        for name in [host] + knownHost where name.utf8.count > 253 {
            throw ValidationError("no host has a name of \(name.utf8.count) bytes")
        }
        guard memory.bytes >= EngineLimits.leastMemory else {
            throw ValidationError("--memory must be at least \(EngineLimits.leastMemory / 1_000_000)MB")
        }
    }

    func run() async throws {
        let root = try global.root()
        var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = log.level
        var settings = ServerSettings()
        settings.host = host
        settings.port = port
        settings.threads = threads
        settings.memoryBytes = max(64 << 20, Int(clamping: memory.bytes / 4))
        settings.drain = drain
        settings.isOpenToEverybody = openToEverybody
        settings.scrubInterval = scrub
        settings.knownHosts = knownHost
        let certificates = try encryption.certificates(root: root, names: [host] + knownHost)
        let door = try door(root: root)
        if door.isLocked, certificates == nil, !settings.staysOnThisMachine {
            Terminal.warn(
                "tokens and values travel unencrypted: use --tls-certificate and --tls-key, or a proxy that has TLS")
        }
        let opened = try await global.store(EngineLimits(memory: memory.bytes)).servingParts()
        let parts = ServerParts(
            serving: opened.serving, reader: opened.reader, materializer: opened.materializer, store: opened.store,
            registry: opened.registry, clock: SystemClock.now, door: door, certificates: certificates)
        let inPython = opened.serving.catalogue.servicesInPython
        if !inPython.isEmpty {
            Terminal.warn(
                "not served, since they compute something in Python, which runs in the Python package only: "
                    + inPython.joined(separator: ", "))
        }
        if let limit = OpenFileLimit.raise(),
            let told = try settings.keep(within: limit, used: OpenFileLimit.used())
        {
            Terminal.warn(told)
        }
        let scheme = certificates == nil ? "http" : "https"
        let server = TallyServer(parts, settings: settings, logger: logger) { host, port in
            Terminal.write("listening on \(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The door that tokens lock; a file that was named and is not there is no open one.
    private func door(root: String) throws(TallyError) -> Door {
        if let tokens, !FileName.exists(tokens) {
            throw TallyError(.unreadable, "there is no such file with tokens", subject: tokens)
        }
        let file = tokens.map { TokenFile(path: $0) } ?? TokenFile(root: root)
        return try Door(file, at: SystemClock.now())
    }
}

/// The level of a server's log.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug
    case info
    case warning
    case error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
