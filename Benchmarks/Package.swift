// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// Benchmarks stand apart so that nobody builds them by accident, and name the rooms they need:
// `TALLY_ROOMS=TallyPointInTime swift run -c release --package-path Benchmarks KernelBenchmark unsorted`,
// `TALLY_ROOMS=TallyServer,TallyLMDB,TallyTesting Benchmarks/server.py`.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
let rooms = (Context.environment["TALLY_ROOMS"] ?? "TallyPointInTime").split(separator: ",").map(String.init)

var dependencies: [Package.Dependency] = [.package(name: "tallystick", path: "..")]
var targets: [Target] = []
if rooms.contains("TallyPointInTime") {
    targets.append(
        .executableTarget(
            name: "KernelBenchmark",
            dependencies: [.product(name: "TallyPointInTime", package: "tallystick")], swiftSettings: settings))
}
if rooms.contains("TallyServer") {
    dependencies += [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ]
    targets.append(
        .executableTarget(
            name: "ServerBenchmark",
            dependencies: ["TallyModel", "TallyStore", "TallyServer", "TallyLMDB", "TallyTesting"].map {
                .product(name: $0, package: "tallystick")
            } + [
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings))
}

let package = Package(
    name: "tallystick-benchmarks", dependencies: dependencies, targets: targets, swiftLanguageModes: [.v6])
