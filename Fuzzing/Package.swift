// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// Coverage-guided fuzzers of what reads other people's texts, apart so that nobody builds them by accident: see
// scripts/fuzz. The whole build is instrumented (`-Xswiftc -sanitize=fuzzer`), and libFuzzer drives.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func fuzzer(_ name: String, _ rooms: [String]) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["FuzzKit"] + rooms.map { .product(name: $0, package: "tallystick") }, swiftSettings: settings)
}

let package = Package(
    name: "tallystick-fuzzing", dependencies: [.package(name: "tallystick", path: "..")],
    targets: [
        .target(name: "FuzzKit", swiftSettings: settings),
        fuzzer("PatternFuzzer", ["TallyContracts"]),
        fuzzer("ExpressionFuzzer", ["TallyModel", "TallyExpressions"]),
        fuzzer("ContractFuzzer", ["TallyModel", "TallyDefinitions"]),
    ], swiftLanguageModes: [.v6])
