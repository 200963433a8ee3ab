// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Rows of a view's source as they are read, each column under a name of its own: one may be key, input and time at once,
/// in another type each time.
struct ViewReading {
    private let view: CompiledView
    private let batch: Batch

    /// Takes rows that were read by `columns(of:for:)`.
    init(_ batch: Batch, of view: CompiledView) {
        self.view = view
        self.batch = batch
    }

    /// The purpose for which rows are read.
    enum Purpose {
        /// Reading to store: with known times, and with the nanoseconds that rounding cuts.
        case fill
        /// Reading to check promises: event times as the engine gives them.
        case promises
    }

    /// The columns that are read, each name once.
    static func columns(of view: CompiledView, for purpose: Purpose) -> [ScanRequest.Column] {
        var columns = view.joinKeys.map { ScanRequest.Column(name: $0.name, alias: keyMark + $0.name, type: $0.type) }
        columns += view.inputs.map { ScanRequest.Column(name: $0.name, type: $0.type) }
        switch purpose {
        case .promises:
            if let event = view.source.eventTime {
                columns.append(ScanRequest.Column(name: event, alias: eventName, type: .timestamp, day: .start))
            }
        case .fill: columns += times(of: view) + cutValues(of: view).map(\.read)
        }
        return columns.uniqued { Array($0.alias.utf8) }
    }

    private static func times(of view: CompiledView) -> [ScanRequest.Column] {
        guard let name = view.source.eventTime else { return [] }
        let event = ScanRequest.Column(name: name, alias: eventName, type: .timestamp, day: .start, rounding: .up)
        let events = [event, event.cutNanoseconds(as: eventCutName)]
        guard let known = view.knownColumn else { return events }
        let column = ScanRequest.Column(name: known, alias: knownName, type: .timestamp, day: .end, rounding: .up)
        // A time that is event and known time is counted once.
        return events + (known.isSame(as: name) ? [column] : [column, column.cutNanoseconds(as: knownCutName)])
    }

    /// Keys and inputs that may lose nanoseconds, each column once.
    private static func cutValues(of view: CompiledView) -> [(alias: String, read: ScanRequest.Column)] {
        (view.joinKeys + view.inputs).filter { $0.type.holdsTimes }.uniqued { Array($0.name.utf8) }.map { column in
            let alias = cutMark + column.name
            return (alias, ScanRequest.Column(name: column.name, type: column.type).cutNanoseconds(as: alias))
        }
    }

    private static let keyMark = "tally!key!"
    private static let cutMark = "tally!cut!"
    private static let eventName = "tally!event"
    private static let knownName = "tally!known"
    private static let eventCutName = "tally!eventCut"
    private static let knownCutName = "tally!knownCut"

    /// The number of rows.
    var count: Int { batch.count }

    /// The join keys in order.
    var keys: [Column] { view.joinKeys.compactMap { key($0.name) } }

    /// A join key.
    func key(_ name: String) -> Column? { batch[Self.keyMark + name] }

    /// The event times; nil for a source without.
    var events: Column? { batch[Self.eventName] }

    /// The nanoseconds cut from event times; nil where there are none.
    var eventCuts: [Int32]? { batch.cuts(Self.eventCutName) }

    /// The declared known times; nil when no column holds them.
    var declared: Column? { batch[Self.knownName] }

    /// Returns the view's columns computed from the rows: features, then hidden columns.
    func made() throws(TallyError) -> Batch {
        let inputs = view.inputs
        return try view.columns.make(
            of: Batch(schema: inputs, columns: inputs.compactMap { batch[$0.name] }, count: batch.count))
    }

    /// Returns the number of times in some rows that were rounded up, and of values that were rounded down.
    func rounded(_ rows: [Int]) -> (up: Int, down: Int) {
        func count(_ name: String) -> Int {
            guard let cuts = batch.cuts(name) else { return 0 }
            return rows.count { cuts[$0] != 0 }
        }
        return (
            count(Self.eventCutName) + count(Self.knownCutName),
            Self.cutValues(of: view).reduce(0) { $0 + count($1.alias) }
        )
    }
}

extension Batch {
    /// The numbers of a column of cut nanoseconds; nil where the rows have none.
    func cuts(_ name: String) -> [Int32]? {
        guard let column = self[name], case .int32(let cuts) = column.storage else { return nil }
        return cuts
    }
}

extension DataType {
    /// Whether values are times, or lists of them.
    var holdsTimes: Bool {
        switch self {
        case .timestamp: true
        case .array(let element): element.holdsTimes
        case .bool, .int32, .int64, .float32, .float64, .string, .bytes, .date: false
        }
    }
}
