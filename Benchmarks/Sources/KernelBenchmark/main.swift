// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import BenchmarkKit
import TallyPointInTime

// KernelBenchmark [variant] [source rows] [spine rows] [runs]
let arguments = CommandLine.arguments
let names = Variant.allCases.map(\.rawValue).joined(separator: ", ")
guard let variant = Variant(rawValue: arguments.count > 1 ? arguments[1] : "unsorted") else {
    preconditionFailure("'\(arguments[1])' is none of \(names)")
}
let sourceRows = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 10_000_000
let spineRows = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 1_000_000
let runs = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 3
precondition(sourceRows > 0 && spineRows > 0 && runs > 0, "rows and runs must be numbers above 0")

let data = BenchmarkData(variant, sourceRows: sourceRows, spineRows: spineRows, seed: 7)
let before = Usage.now().peakMegabytes
for _ in 1...runs {
    var run = KernelRun()
    run.run(data)
    let steps = run.steps.map { "\($0.name) \(rounded($0.seconds, 3))" }.joined(separator: ", ")
    let extra = Usage.now().peakMegabytes - before
    print(
        "\(variant.rawValue): \(rounded(run.totalSeconds, 3)) s CPU (\(steps)), peak \(Int(extra)) MB over the data,",
        "matched \(run.counts.matched), tied \(run.counts.tied), checksum \(String(run.checksum, radix: 16))")
}
