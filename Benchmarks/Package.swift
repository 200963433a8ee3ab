// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// Benchmarks stand apart so that nobody builds them by accident. Only the kernel is needed:
// `TALLY_ROOMS=TallyPointInTime swift run -c release --package-path Benchmarks KernelBenchmark unsorted`.
// `TALLY_BARE_SERVERS=1` adds the servers that ours is measured beside, and what they are built on.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

var dependencies: [Package.Dependency] = [.package(name: "tallystick", path: "..")]
var targets: [Target] = [
    .executableTarget(
        name: "KernelBenchmark",
        dependencies: [.product(name: "TallyPointInTime", package: "tallystick")], swiftSettings: settings)
]
if Context.environment["TALLY_BARE_SERVERS"] != nil {
    dependencies += [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ]
    targets.append(
        .executableTarget(
            name: "BareServers",
            dependencies: [
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
