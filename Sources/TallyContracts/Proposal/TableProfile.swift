// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The statistics of one pass over a table, separately for the rows learned from and those held out.
struct TableProfile: Sendable {
    let holdOut: HoldOut
    /// The number of rows in all.
    private(set) var rows = 0
    /// The number of rows that are held out.
    private(set) var heldRows = 0
    /// The statistics of the rows that are learned from, for each column in order.
    private(set) var learned: [ColumnProfile]
    /// The statistics of the rows that are held out, for each column in order.
    private(set) var held: [ColumnProfile]

    private init(_ context: TableContext, _ holdOut: HoldOut, _ options: ContractProposal.Options) {
        self.holdOut = holdOut
        learned = context.found.map { ColumnProfile($0, options) }
        held = learned
    }

    /// The number of rows that are learned from.
    var learnedRows: Int { rows - heldRows }

    /// Returns the statistics of a column over all rows.
    func whole(_ index: Int) -> ColumnProfile { learned[index].merging(held[index]) }

    /// Takes it, in the order of the files.
    static func take(
        _ table: TableRows, _ context: TableContext, _ options: ContractProposal.Options
    ) async throws(TallyError) -> TableProfile {
        guard !context.found.isEmpty else {
            // Rows without a column that is read are rows all the same.
            var profile = TableProfile(context, HoldOut(options), options)
            profile.rows = try await table.measure([.rows]).values.first?.countValue ?? 0
            return profile
        }
        var holdOut = HoldOut(options)
        let times = context.found.filter { $0.type == .timestamp }.map(\.name)
        let days = context.found.filter { $0.type == .date }.map(\.name)
        // The time that tells when a row happened, where it is clear which one that is.
        let only = times.count == 1 ? times.first : times.isEmpty && days.count == 1 ? days.first : nil
        if let time = options.eventTime.flatMap({ times.contains($0) ? $0 : nil }) ?? only {
            let count = try await table.measure([.rows]).values.first?.countValue ?? 0
            try await holdOut.chooseLatest(by: time, in: table, count: count)
        }
        var profile = TableProfile(context, holdOut, options)
        try await table.scan(Set(context.found.map(\.name))) { (batch) in profile.add(batch, context) }
        return profile
    }

    private mutating func add(_ batch: Batch, _ context: TableContext) {
        let kept = holdOut.rows(of: batch, from: rows, heldOut: false)
        let out = holdOut.rows(of: batch, from: rows, heldOut: true)
        for (index, found) in context.found.enumerated() {
            guard let column = batch[found.name] else { continue }
            learned[index].add(column, kept)
            held[index].add(column, out)
        }
        rows += batch.count
        heldRows += out.count
    }
}

extension TableRows {
    /// Returns the rows that are held out.
    func heldOut(_ holdOut: HoldOut) -> TableRows {
        let whole = self
        return TableRows { (columns, body) async throws(TallyError) in
            var start = 0
            try await whole.scan(columns.union(holdOut.since.map { [$0.column] } ?? [])) {
                (batch) async throws(TallyError) in
                let places = holdOut.rows(of: batch, from: start, heldOut: true)
                start += batch.count
                guard !places.isEmpty else { return }
                try await body(
                    Batch(
                        schema: batch.schema, columns: batch.columns.map { $0.selecting(places) },
                        count: places.count))
            }
        }
    }
}
