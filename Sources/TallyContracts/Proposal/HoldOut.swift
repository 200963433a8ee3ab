// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel
internal import TallyStatistics

/// The selection of rows to hold out: the latest by a time, else those whose number, mixed with a seed, falls into a
/// share.
struct HoldOut: Sendable {
    let seed: UInt64
    let share: Double
    /// The column of times, and the instant or day from which on rows are held out; nil without such a column.
    var since: (column: String, time: Int64)?
    /// Whether the rows that are held out are later than the others.
    var isLater: Bool { since != nil }

    init(_ options: ContractProposal.Options) {
        seed = options.seed
        share = options.heldOutShare
    }

    /// Whether a row, by its number in the order of the files, is held out.
    func contains(_ row: Int) -> Bool {
        // The upper 53 bits are a float without rounding.
        let mixed = SplitMix64.mixed(UInt64(row) &+ SplitMix64.mixed(seed &+ SplitMix64.step))
        return Double(mixed >> 11) < share * 9_007_199_254_740_992
    }

    /// The places in a batch that are held out, or those that are not; `start` is the number of its first row.
    func rows(of batch: Batch, from start: Int, heldOut: Bool) -> [Int] {
        if let since {
            guard let column = batch[since.column] else { return [] }
            return (0..<batch.count).filter { (Self.time(column[$0]).map { $0 >= since.time } ?? false) == heldOut }
        }
        return (0..<batch.count).filter { contains(start + $0) == heldOut }
    }

    /// The most times that are kept to find out which rows are late.
    private static let sampleSize = 65_536

    /// Holds out the latest rows by a column of times, as near to the share as whole instants allow.
    ///
    /// The same rule by rows where all times are alike.
    mutating func chooseLatest(by column: String, in rows: TableRows, count: Int) async throws(TallyError) {
        guard share > 0, count > 0 else { return }
        var times: [Int64] = []
        var number: UInt64 = 0
        let every = UInt64(max(1, count / Self.sampleSize))
        try await rows.scan([column]) { (batch) in
            guard let values = batch[column] else { return }
            for row in 0..<batch.count {
                number += 1
                if SplitMix64.mixed(number) % every == 0, let time = Self.time(values[row]) { times.append(time) }
            }
        }
        times.sort()
        guard let last = times.last, let first = times.first, first < last else { return }
        let place = Int(Double(times.count) * (1 - share))
        let time = times[min(place, times.count - 1)]
        // Of times that come often, all rows of one are on one side.
        let late = times.count { $0 >= time }
        guard late * 2 <= times.count else {
            guard let next = times.first(where: { $0 > time }) else { return }
            since = (column, next)
            return
        }
        since = (column, time)
    }

    /// The place in time of a day or an instant.
    private static func time(_ value: Value) -> Int64? {
        switch value {
        case .timestamp(let time): time.microseconds
        case .date(let date): Int64(date.days)
        case .null, .bool, .int32, .int64, .float32, .float64, .string, .bytes, .array: nil
        }
    }
}
