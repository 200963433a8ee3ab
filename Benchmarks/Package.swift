// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import PackageDescription

// Benchmarks stand apart so that nobody builds them by accident. Only the kernel is needed:
// `TALLY_ROOMS=TallyPointInTime swift run -c release --package-path Benchmarks KernelBenchmark unsorted`.
let package = Package(
    name: "tallystick-benchmarks",
    dependencies: [.package(name: "tallystick", path: "..")],
    targets: [
        .executableTarget(
            name: "KernelBenchmark",
            dependencies: [.product(name: "TallyPointInTime", package: "tallystick")],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
