// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

public import TallyModel

/// The rows of a view's source as the law sees them: keys, event time, effective known time, features.
public enum KnownRows {
    /// The name of the event time, null for rows without times.
    public static let event = "e"
    /// The name of the known time, null for rows that lack a time, which nothing sees.
    public static let known = "k"

    /// The name of a join key, by its place.
    public static func key(_ index: Int) -> String { "key\(index)" }

    /// The name of a wanted feature, by its place among those that are wanted.
    public static func value(_ index: Int) -> String { "v\(index)" }

    /// Writes all rows of a source to a Parquet file, with columns of the names above.
    ///
    /// `origins` are the places of the wanted features in the view. Files count as trusted: no row waits for when its file was
    /// first seen.
    public static func write(
        _ view: CompiledView, origins: [Int], to path: String, by engine: any OfflineEngine
    ) async throws(TallyError) {
        let event = ColumnSchema(name: event, type: .timestamp)
        let known = ColumnSchema(name: known, type: .timestamp)
        let keys = view.joinKeys.enumerated().map { ColumnSchema(name: key($0), type: $1.type) }
        let values = origins.enumerated().map {
            ColumnSchema(name: value($0), type: view.view.features[$1].type)
        }
        let schema = keys + [event, known] + values
        let scan = ScanRequest(
            table: TableReference(of: view.source), columns: ViewReading.columns(of: view, for: .fill))
        let request = WriteRequest(
            path: path, format: .parquet, columns: schema.map { WriteRequest.Column(schema: $0) })
        try await engine.write(request) { (sink) async throws(TallyError) in
            try await engine.scan(scan) { (batch) async throws(TallyError) in
                let read = ViewReading(batch, of: view)
                let features = view.columns.features(of: try read.made())
                let times = Self.times(of: read, view)
                try await sink.send(
                    Batch(schema: schema, columns: read.keys + times + origins.map { features[$0] }, count: batch.count)
                )
            }
            return [:]
        }
    }

    private static func times(of read: ViewReading, _ view: CompiledView) -> [Column] {
        let times = RowTimes(
            event: read.events, cuts: read.eventCuts, declared: read.declared, knownTime: view.source.knownTime,
            firstSeen: nil, count: read.count)
        // The slot of a null holds zero.
        var events = [Int64](repeating: 0, count: read.count)
        var knowns = events
        var isTimed = [Bool](repeating: false, count: read.count)
        for row in 0..<read.count {
            guard let found = times[row], let event = found.event else { continue }
            events[row] = event.microseconds
            knowns[row] = found.known.microseconds
            isTimed[row] = true
        }
        let validity = Validity(count: read.count) { isTimed[$0] }
        return [events, knowns].map { Column(type: .timestamp, storage: .int64($0), validity: validity) }
    }
}
