// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// The floor plan as a manifest: one table of rooms, one list of outside packages.
// `TALLY_ROOMS=pure` trims the package to the rooms without C libraries (thread sanitizer), and
// `TALLY_ROOMS=TallyModel,TallyExpressions` to the named rooms with what they need.

let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
/// Kernels are compiled optimised in debug builds too: property tests over them would crawl otherwise.
let kernel: [SwiftSetting] = house + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let duckLibrary = Context.packageDirectory + "/.deps/duckdb/lib"
/// What is shipped (`TALLY_DIST`, `TALLY_LIBRARY`: see scripts/dist and scripts/build-release) looks for the library beside
/// itself only.
let isShipped = ["TALLY_DIST", "TALLY_LIBRARY"].contains { Context.environment[$0] != nil }
let duckHome = isShipped ? [] : ["-Xlinker", "-rpath", "-Xlinker", duckLibrary]
let duckLink: [LinkerSetting] = [
    .unsafeFlags(["-L", duckLibrary] + duckHome + ["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib"])
]

/// The shared library shows the functions of its header, and nothing else.
///
/// It finds the engine's library beside itself, and stays loaded once it is: the Swift runtime inside cannot be unloaded.
/// Small libraries of the system that scripts/build-release put into a folder of their own, as archives, end up inside.
let libraryLink: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-Xlinker", "--version-script=" + Context.packageDirectory + "/Sources/TallyABI/exports.map",
            "-L", Context.packageDirectory + "/.deps/archives",
            "-Xlinker", "-soname=libtally.so", "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN", "-Xlinker", "-znodelete",
        ], .when(platforms: [.linux], configuration: .release))
]

/// An outside product: the package it comes from and its name.
struct Outside {
    let url: String
    let version: Version
    let package: String
    let product: String
}
let crypto = Outside(
    url: "https://github.com/apple/swift-crypto", version: "4.5.2", package: "swift-crypto", product: "Crypto")
let yams = Outside(url: "https://github.com/jpsim/Yams", version: "6.2.2", package: "Yams", product: "Yams")
let grdb = Outside(
    url: "https://github.com/groue/GRDB.swift", version: "7.10.0", package: "GRDB.swift", product: "GRDB")
let arguments = Outside(
    url: "https://github.com/apple/swift-argument-parser", version: "1.8.2", package: "swift-argument-parser",
    product: "ArgumentParser")

let hummingbirdCore = Outside(
    url: "https://github.com/hummingbird-project/hummingbird", version: "2.28.1", package: "hummingbird",
    product: "HummingbirdCore")
let nioCore = Outside(
    url: "https://github.com/apple/swift-nio", version: "2.101.2", package: "swift-nio", product: "NIOCore")
let nioPosix = Outside(url: nioCore.url, version: nioCore.version, package: nioCore.package, product: "NIOPosix")
let nioHTTP1 = Outside(url: nioCore.url, version: nioCore.version, package: nioCore.package, product: "NIOHTTP1")
let nioEmbedded = Outside(url: nioCore.url, version: nioCore.version, package: nioCore.package, product: "NIOEmbedded")
let nioSSL = Outside(
    url: "https://github.com/apple/swift-nio-ssl", version: "2.37.6", package: "swift-nio-ssl", product: "NIOSSL")
let httpTypes = Outside(
    url: "https://github.com/apple/swift-http-types", version: "1.8.0", package: "swift-http-types",
    product: "HTTPTypes")
let logging = Outside(
    url: "https://github.com/apple/swift-log", version: "1.16.2", package: "swift-log", product: "Logging")
let lifecycle = Outside(
    url: "https://github.com/swift-server/swift-service-lifecycle", version: "2.13.0",
    package: "swift-service-lifecycle", product: "ServiceLifecycle")

let signals = Outside(
    url: lifecycle.url, version: lifecycle.version, package: lifecycle.package, product: "UnixSignals")

enum Kind { case room, adapter, header, c, door, test }

/// One room: what it is, and what it may import (checked again by HouseTests).
struct Room {
    let name: String
    let kind: Kind
    var ours: [String] = []
    var outside: [Outside] = []
    var settings: [SwiftSetting] = house
    var linker: [LinkerSetting] = []
    var isPure = false
    var resources: [Resource] = []
    var exclude: [String] = []
    /// The folder of the room's folder.
    var folder = "Sources"
}

let rooms: [Room] = [
    // Ground
    Room(name: "TallyModel", kind: .room, outside: [crypto], isPure: true),
    Room(name: "TallyPointInTime", kind: .room, settings: kernel, isPure: true),
    Room(name: "TallyStatistics", kind: .room, ours: ["TallyModel"], settings: kernel, isPure: true),
    Room(name: "TallyReading", kind: .room, ours: ["TallyModel"], settings: kernel, isPure: true),
    Room(name: "TallyHistory", kind: .room, ours: ["TallyModel"], settings: kernel, isPure: true),
    // Rules
    Room(name: "TallyExpressions", kind: .room, ours: ["TallyModel"], isPure: true),
    Room(
        name: "TallyContracts", kind: .room, ours: ["TallyModel", "TallyExpressions", "TallyStatistics"], isPure: true,
        exclude: ["Compatibility/README.md"]),
    Room(
        name: "TallyDefinitions", kind: .room, ours: ["TallyModel", "TallyReading", "TallyExpressions"], outside: [yams]
    ),
    // Lifecycle
    Room(
        name: "TallyStore", kind: .room,
        ours: [
            "TallyModel", "TallyReading", "TallyExpressions", "TallyContracts", "TallyPointInTime", "TallyStatistics",
            "TallyHistory",
        ],
        isPure: true),
    // Adapters
    Room(name: "CDuckDB", kind: .header, folder: "Sources/Adapters"),
    Room(name: "CPacked", kind: .header, folder: "Sources/Adapters"),
    Room(
        name: "TallyDuckDB", kind: .adapter,
        ours: ["TallyModel", "TallyPointInTime", "TallyReading", "TallyStatistics", "CDuckDB", "CPacked"],
        linker: duckLink),
    Room(name: "TallySQLite", kind: .adapter, ours: ["TallyModel"], outside: [grdb]),
    Room(name: "CLMDB", kind: .header, folder: "Sources/Adapters"),
    Room(name: "TallyLMDB", kind: .adapter, ours: ["TallyModel", "CLMDB"]),
    // Doors
    Room(
        name: "TallyServer", kind: .room, ours: ["TallyModel", "TallyStore"],
        outside: [hummingbirdCore, nioCore, nioPosix, nioHTTP1, nioSSL, httpTypes, logging, lifecycle, crypto]),
    Room(
        name: "TallyAssembly", kind: .room,
        ours: [
            "TallyModel", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore", "TallyDuckDB",
            "TallySQLite", "TallyLMDB",
        ]),
    Room(name: "CTally", kind: .header),
    Room(name: "CSubstitutes", kind: .c),
    Room(
        name: "TallyCommands", kind: .room,
        ours: [
            "TallyModel", "TallyReading", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore",
            "TallyServer", "TallyAssembly",
        ],
        outside: [arguments, lifecycle, signals, logging],
        // What `tally init --example flights` writes.
        resources: [.embedInCode("Example")]),
    Room(
        name: "TallyABI", kind: .room,
        ours: ["TallyModel", "TallyAssembly", "TallyCommands", "CTally", "CSubstitutes"], linker: libraryLink,
        exclude: ["exports.map"]),
    Room(name: "tally", kind: .door, ours: ["TallyCommands", "CSubstitutes"]),
    // Kit
    Room(
        name: "TallyTesting", kind: .room,
        ours: ["TallyModel", "TallyExpressions", "TallyContracts", "TallyStatistics"], isPure: true),
    // Tests
    Room(name: "TallyModelTests", kind: .test, ours: ["TallyModel", "TallyTesting"], isPure: true),
    Room(
        name: "TallyStatisticsTests", kind: .test, ours: ["TallyModel", "TallyStatistics", "TallyTesting"],
        isPure: true),
    Room(name: "TallyHistoryTests", kind: .test, ours: ["TallyModel", "TallyHistory", "TallyTesting"], isPure: true),
    Room(name: "TallyReadingTests", kind: .test, ours: ["TallyModel", "TallyReading", "TallyTesting"], isPure: true),
    Room(name: "TallyPointInTimeTests", kind: .test, ours: ["TallyPointInTime", "TallyTesting"], isPure: true),
    Room(
        name: "TallyExpressionsTests", kind: .test, ours: ["TallyModel", "TallyExpressions", "TallyTesting"],
        isPure: true),
    Room(
        name: "TallyContractsTests", kind: .test,
        ours: ["TallyModel", "TallyExpressions", "TallyContracts", "TallyTesting"], isPure: true),
    Room(
        name: "TallyDefinitionsTests", kind: .test,
        ours: ["TallyModel", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyTesting"],
        exclude: ["Goldens"]),
    Room(
        name: "TallyStoreTests", kind: .test,
        ours: ["TallyModel", "TallyExpressions", "TallyStore", "TallyTesting"], isPure: true,
        exclude: ["Goldens"]),
    Room(
        name: "TallyDuckDBTests", kind: .test,
        ours: ["TallyModel", "TallyExpressions", "TallyContracts", "TallyStatistics", "TallyDuckDB", "TallyTesting"]),
    Room(
        name: "TallySQLiteTests", kind: .test, ours: ["TallyModel", "TallySQLite", "TallyTesting"], outside: [grdb],
        exclude: ["Forms"]),
    Room(name: "TallyLMDBTests", kind: .test, ours: ["TallyModel", "TallyLMDB", "TallyTesting"]),
    Room(
        name: "TallyServerTests", kind: .test,
        ours: ["TallyModel", "TallyStore", "TallyServer", "TallyTesting"],
        outside: [
            hummingbirdCore, nioCore, nioHTTP1, nioEmbedded, httpTypes, logging, lifecycle, yams,
        ]),
    Room(
        name: "TallyAssemblyTests", kind: .test,
        ours: [
            "TallyModel", "TallyStatistics", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore",
            "TallyAssembly", "TallyTesting",
        ]),
    Room(
        name: "ScenarioTests", kind: .test,
        ours: [
            "TallyModel", "TallyContracts", "TallyDefinitions", "TallyStore", "TallyAssembly", "TallyTesting",
            "TallyCommands", "tally",
        ]),
    Room(name: "TallyABITests", kind: .test, ours: ["TallyModel", "TallyABI", "CTally", "TallyTesting"]),
    // Compiled optimised: it reads every file of the house byte by byte.
    Room(name: "HouseTests", kind: .test, settings: kernel),
    Room(
        name: "FuzzTests", kind: .test,
        ours: [
            "TallyModel", "TallyReading", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyStore",
            "TallyDuckDB", "TallySQLite", "TallyLMDB", "TallyServer", "TallyTesting",
        ],
        outside: [grdb], exclude: ["LibFuzzer"]),
]

let asked = Context.environment["TALLY_ROOMS"] ?? "all"
let wanted: Set<String> = {
    switch asked {
    case "all": return Set(rooms.map(\.name))
    case "pure": return Set(rooms.filter(\.isPure).map(\.name))
    default:
        var names = Set<String>()
        var queue = asked.split(separator: ",").map(String.init)
        while let name = queue.popLast() {
            guard names.insert(name).inserted, let room = rooms.first(where: { $0.name == name }) else { continue }
            queue += room.ours
        }
        return names
    }
}()
let kept = rooms.filter { wanted.contains($0.name) }
/// With `TALLY_FUZZ` the fuzz targets are a program that libFuzzer drives (scripts/fuzz), and no tests.
let isFuzzing = Context.environment["TALLY_FUZZ"] != nil

func target(_ room: Room) -> Target {
    let dependencies: [Target.Dependency] =
        room.ours.map { .target(name: $0) } + room.outside.map { .product(name: $0.product, package: $0.package) }
    switch room.kind {
    case .header:
        return .systemLibrary(name: room.name, path: "\(room.folder)/\(room.name)")
    case .c:
        return .target(name: room.name, path: "\(room.folder)/\(room.name)")
    case .test where isFuzzing && room.name == "FuzzTests":
        return .executableTarget(
            name: "TallyFuzzer", dependencies: dependencies, path: "Tests/FuzzTests", exclude: ["FuzzTests.swift"],
            swiftSettings: room.settings)
    case .test:
        return .testTarget(
            name: room.name, dependencies: dependencies, path: "Tests/\(room.name)", exclude: room.exclude,
            resources: room.resources, swiftSettings: room.settings, linkerSettings: room.linker)
    case .door:
        return .executableTarget(
            name: room.name, dependencies: dependencies, path: "Sources/\(room.name)", swiftSettings: room.settings,
            linkerSettings: room.linker)
    case .adapter:
        return .target(
            name: room.name, dependencies: dependencies, path: "Sources/Adapters/\(room.name)",
            swiftSettings: room.settings, linkerSettings: room.linker)
    case .room:
        return .target(
            name: room.name, dependencies: dependencies, path: "Sources/\(room.name)", exclude: room.exclude,
            resources: room.resources, swiftSettings: room.settings, linkerSettings: room.linker)
    }
}

var outsidePackages: [Package.Dependency] = []
var seen = Set<String>()
for outside in kept.flatMap(\.outside) where seen.insert(outside.url).inserted {
    outsidePackages.append(.package(url: outside.url, exact: outside.version))
}
if Context.environment["TALLY_DOCS"] != nil {
    outsidePackages.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"))
}

var products: [Product] = []
if wanted.contains("tally") { products.append(.executable(name: "tally", targets: ["tally"])) }
// Linked only where it is asked for (scripts/build-release): it holds the whole house a second time.
if wanted.contains("TallyABI"), Context.environment["TALLY_LIBRARY"] != nil {
    products.append(.library(name: "tally-c", type: .dynamic, targets: ["TallyABI"]))
}
// The benchmarks are a package of their own and reach what they measure as products.
for name in [
    "TallyPointInTime", "TallyModel", "TallyExpressions", "TallyContracts", "TallyDefinitions", "TallyLMDB", "CLMDB",
] where wanted.contains(name) {
    products.append(.library(name: name, targets: [name]))
}

let package = Package(
    name: "tallystick",
    products: products,
    dependencies: outsidePackages,
    targets: kept.map(target),
    swiftLanguageModes: [.v6]
)
