// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import ArgumentParser
internal import TallyAssembly
internal import TallyDefinitions
internal import TallyModel
internal import TallyStore

/// `tally diff`: two training sets side by side, cell by cell, bit by bit.
struct TrainingSetDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two training sets row by row and bit by bit; exit 1 when they differ.",
        discussion: "Example: tally diff train.parquet naive.parquet --key flight_id")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A training set.")
    var left: String

    @Argument(help: "Another one with the same columns.")
    var right: String

    @Option(help: "A column that names rows in examples; may be given more than once.")
    var key: [String] = []

    func run() async throws {
        let folder = global.place.directory ?? "."
        let engine = try StandaloneEngine.open(root: folder)
        let difference = try await SetComparison(engine: engine)
            .compare(Paths.absolute(left), Paths.absolute(right), keys: key)
        Output.render(global.format, table: text(difference), json: difference.json)
        if !difference.isEmpty { throw ExitStatus.broken }
    }

    private func text(_ difference: SetDifference) -> String {
        guard !difference.isEmpty else {
            return "\(difference.rows.grouped) rows, \(difference.columns.count) columns: identical"
        }
        var lines = [
            "\(difference.differingRows.grouped) of \(difference.rows.grouped) rows differ "
                + "(\(Numbers.percent(difference.differingRows, of: difference.rows)))", "",
        ]
        var table = TextTable(headings: ["column", "cells that differ"], flushRight: [1])
        for column in difference.columns where column.differing > 0 {
            table.rows.append([column.name, column.differing.grouped])
        }
        lines += table.lines
        if let example = difference.example {
            lines += ["", "first: row \(example.row)" + example.keys.map { ", \($0.name) \($0.text)" }.joined()]
            lines += example.cells.map { "  \($0.name): \($0.left) | \($0.right)" }
        }
        return Output.text(lines)
    }
}
