// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Which files of some runs have no value of a column; files without rows have nothing to lack.
struct ColumnGaps {
    private let runs: [TableRun]
    private let empty: ByName<Set<[UInt8]>>
    private let fileCount: Int

    /// Takes runs, and what the statistics of their files say: by file, the columns that hold nulls only.
    init(_ runs: [TableRun], empty: ByName<Set<[UInt8]>>) {
        self.runs = runs.filter { !$0.isRowless }
        self.empty = empty
        fileCount = self.runs.map(\.files.count).reduce(0, +)
    }

    /// The files that have no value of a column, sorted by path; nil where each has some.
    func gap(of name: String) -> ColumnGap? {
        let key = Array(name.utf8)
        var missing: [String] = []
        var valueless: [String] = []
        for run in runs {
            guard let column = run.column(name) else {
                missing += run.files
                continue
            }
            valueless += column.hasValues ? run.files.filter { empty[$0]?.contains(key) ?? false } : run.files
        }
        return ColumnGap(missing: Self.files(missing), empty: Self.files(valueless), fileCount: fileCount)
    }

    private static func files(_ files: [String]) -> ColumnGap.Files {
        var found = ColumnGap.Files()
        found.add(files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        return found
    }
}
