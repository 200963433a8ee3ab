// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// Benchmarks stand apart so that nobody builds them by accident. Only the kernel is needed:
// `TALLY_ROOMS=TallyPointInTime swift run -c release --package-path Benchmarks KernelBenchmark unsorted`.
// `TALLY_ONLINE=1` with `TALLY_ROOMS=TallyPointInTime,TallyLMDB` adds reads of the online store, and the servers that ours
// is measured beside with what they are built on; `TALLY_CONTRACTS=1` with `TALLY_ROOMS=TallyPointInTime,TallyContracts`
// adds checks of single rows.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

var dependencies: [Package.Dependency] = [.package(name: "tallystick", path: "..")]
var targets: [Target] = [
    .target(name: "BenchmarkKit", swiftSettings: settings),
    .executableTarget(
        name: "KernelBenchmark",
        dependencies: ["BenchmarkKit", .product(name: "TallyPointInTime", package: "tallystick")],
        swiftSettings: settings),
]
if Context.environment["TALLY_CONTRACTS"] != nil {
    targets.append(
        .executableTarget(
            name: "RuleBenchmark",
            dependencies: [
                "BenchmarkKit", .product(name: "TallyModel", package: "tallystick"),
                .product(name: "TallyContracts", package: "tallystick"),
            ], swiftSettings: settings))
}
if Context.environment["TALLY_ONLINE"] != nil {
    dependencies += [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ]
    targets += [
        .executableTarget(
            name: "StoreBenchmark",
            dependencies: [
                "BenchmarkKit", .product(name: "TallyModel", package: "tallystick"),
                .product(name: "TallyLMDB", package: "tallystick"), .product(name: "CLMDB", package: "tallystick"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "BareServers",
            dependencies: [
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
    ]
}

let package = Package(
    name: "tallystick-benchmarks", dependencies: dependencies, targets: targets, swiftLanguageModes: [.v6])
