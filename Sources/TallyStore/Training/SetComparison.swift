// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// Compares two training sets row by row, in their order, bit by bit.
///
/// The left set is held in memory, the right one is read through.
public struct SetComparison: Sendable {
    private let engine: any OfflineEngine

    /// Compares files that the engine can read.
    public init(engine: any OfflineEngine) {
        self.engine = engine
    }

    /// Counts the cells that differ; NaN equals NaN, and null equals null.
    ///
    /// `E-invalid-data` when columns or row counts differ, since then no row has a counterpart.
    public func compare(
        _ left: String, _ right: String, keys: [String] = []
    ) async throws(TallyError) -> SetDifference {
        let leftScan = try await scanRequest(left)
        let rightScan = try await scanRequest(right)
        guard leftScan.columns == rightScan.columns else {
            let names = (leftScan.columns.map(\.name), rightScan.columns.map(\.name))
            let only = Set(names.0).symmetricDifference(names.1).sorted().joined(separator: ", ")
            throw TallyError(
                .invalidData, "the columns are not the same\(only.isEmpty ? "" : ": only one of them has \(only)")",
                subject: "\(left) and \(right)")
        }
        for key in keys where !leftScan.columns.contains(where: { $0.name.isSame(as: key) }) {
            throw TallyError(.misuse, "there is no key column '\(key)'", subject: left)
        }
        var held: [Batch] = []
        try await engine.scan(leftScan) { (batch) async throws(TallyError) in held.append(batch) }
        var walk = Walk(held: held, columns: leftScan.columns.map(\.name), keys: keys)
        try await engine.scan(rightScan) { (batch) async throws(TallyError) in
            guard walk.compare(with: batch) else { throw Self.rowCounts(left, right) }
        }
        guard walk.isAtEnd else { throw Self.rowCounts(left, right) }
        return walk.difference
    }

    private static func rowCounts(_ left: String, _ right: String) -> TallyError {
        TallyError(
            .invalidData, "the numbers of rows are not the same", subject: "\(left) and \(right)",
            help: "compare sets of one spine")
    }

    private func scanRequest(_ path: String) async throws(TallyError) -> ScanRequest {
        let table = TableReference(rows: .paths([path], try FileKind.format(of: path)))
        let description = try await engine.describe(table)
        guard !description.columns.isEmpty else { throw TallyError(.unreadable, "no such file", subject: path) }
        return ScanRequest(table: table, columns: description.columns.map { .init(name: $0.name, type: nil) })
    }
}

/// A walk through batches in memory, in which others are compared with them.
private struct Walk {
    private let held: [Batch]
    private let keys: [String]
    private var batch = 0
    private var row = 0
    private(set) var difference: SetDifference

    init(held: [Batch], columns: [String], keys: [String]) {
        self.held = held.filter { $0.count > 0 }
        self.keys = keys
        difference = SetDifference(columns: columns.map { .init(name: $0) })
    }

    var isAtEnd: Bool { batch == held.count }

    /// Compares the next rows; false when fewer rows are left in memory than are given.
    mutating func compare(with right: Batch) -> Bool {
        var position = 0
        while position < right.count {
            guard batch < held.count else { return false }
            let left = held[batch]
            let count = min(left.count - row, right.count - position)
            compare(left.slice(row..<row + count), right.slice(position..<position + count))
            position += count
            row += count
            if row == left.count { (batch, row) = (batch + 1, 0) }
        }
        return true
    }

    private mutating func compare(_ left: Batch, _ right: Batch) {
        let differing = zip(left.columns, right.columns).map { $0.storage == $1.storage && $0.validity == $1.validity }
        if differing.contains(false) || left.columns.contains(where: \.type.holdsFloats) {
            for index in 0..<left.count { compare(left, right, row: index) }
        }
        difference.rows += left.count
    }

    private mutating func compare(_ left: Batch, _ right: Batch, row index: Int) {
        var cells: [SetDifference.Cell] = []
        for column in left.columns.indices {
            let (one, other) = (left.columns[column][index], right.columns[column][index])
            guard !one.isIdentical(to: other) else { continue }
            difference.columns[column].differing += 1
            cells.append(.init(name: left.schema[column].name, left: one.text, right: other.text))
        }
        guard !cells.isEmpty else { return }
        difference.differingRows += 1
        if difference.example == nil {
            difference.example = .init(
                row: difference.rows + index, keys: keys.map { ($0, left[$0]?[index].text ?? "") }, cells: cells)
        }
    }
}
