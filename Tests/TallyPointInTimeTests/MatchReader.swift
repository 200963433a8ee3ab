// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

import TallyPointInTime

/// Reads a join's matches back as outcomes, through the batch calls, and checks them against the single-row calls.
struct MatchReader {
    let matches: Matches
    let rangeSize: Int

    /// Outcomes of all spine rows, and a complaint for each place where two ways to read disagree.
    func read() -> (outcomes: [Outcome], complaints: [String]) {
        var outcomes: [Outcome] = []
        var complaints: [String] = []
        var start = 0
        while start < matches.rowCount {
            let rows = start..<min(start + rangeSize, matches.rowCount)
            var part = heads(rows)
            for (offset, row) in rows.enumerated() {
                let single = (matches.status(row), matches.isTied(row), matches.eventTime(row), matches.knownTime(row))
                let batch = (part[offset].status, part[offset].isTied, part[offset].event, part[offset].known)
                if single != batch { complaints.append("row \(row) reads \(single) alone and \(batch) in a batch") }
            }
            for (column, kind) in matches.layout.payload.enumerated() {
                let values = kind.width == 16 ? runs(column, kind, rows) : fixed(column, kind, rows, &complaints)
                for offset in part.indices { part[offset].values.append(values[offset]) }
            }
            outcomes += part
            start = rows.upperBound
        }
        return (outcomes, complaints)
    }

    private func heads(_ rows: Range<Int>) -> [Outcome] {
        var statuses = [UInt8](repeating: 9, count: rows.count)
        var ties = [Bool](repeating: true, count: rows.count)
        var events = [Int64](repeating: -1, count: rows.count)
        var known = [Int64](repeating: -1, count: rows.count)
        var eventValidity = [UInt64](repeating: .max, count: (rows.count + 63) / 64)
        var knownValidity = eventValidity
        unsafe matches.gatherStatuses(rows: rows, into: &statuses)
        unsafe matches.gatherTies(rows: rows, into: &ties)
        unsafe matches.gatherEventTimes(rows: rows, into: &events, validity: &eventValidity)
        unsafe matches.gatherKnownTimes(rows: rows, into: &known, validity: &knownValidity)
        return (0..<rows.count).map { offset in
            Outcome(
                status: MatchStatus(rawValue: statuses[offset]) ?? .notFound, isTied: ties[offset],
                event: bit(eventValidity, offset) ? events[offset] : nil,
                known: bit(knownValidity, offset) ? known[offset] : nil, values: [])
        }
    }

    private func fixed(_ column: Int, _ kind: PayloadKind, _ rows: Range<Int>, _ complaints: inout [String]) -> [Value?]
    {
        var raw = [UInt64](repeating: .max, count: rows.count + 1)
        var validity = [UInt64](repeating: .max, count: (rows.count + 63) / 64)
        let values: [Value] = unsafe raw.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            unsafe matches.gather(column: column, rows: rows, into: base, validity: &validity)
            return (0..<rows.count).map { offset in
                let place = unsafe base + offset * kind.width
                switch kind {
                case .bool: return unsafe .bool(place.load(as: UInt8.self) != 0)
                case .int32: return unsafe .int32(place.load(as: Int32.self))
                case .int64: return unsafe .int64(place.load(as: Int64.self))
                case .float32: return unsafe .float32(place.load(as: UInt32.self))
                case .float64: return unsafe .float64(place.load(as: UInt64.self))
                case .bytes, .encoded: return .bytes([])
                }
            }
        }
        if rows.count % 64 != 0, let last = validity.last, last >> UInt64(rows.count % 64) != 0 {
            complaints.append("column \(column) leaves validity bits behind rows \(rows)")
        }
        let zeros: Set<Value> = [.bool(false), .int32(0), .int64(0), .float32(0), .float64(0)]
        return (0..<rows.count).map { offset in
            if bit(validity, offset) { return values[offset] }
            if !zeros.contains(values[offset]) { complaints.append("a null of column \(column) is not written as 0") }
            return nil
        }
    }

    private func runs(_ column: Int, _ kind: PayloadKind, _ rows: Range<Int>) -> [Value?] {
        let size = matches.byteCount(column: column, rows: rows)
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var offsets = [Int64](repeating: -1, count: rows.count + 1)
        var validity = [UInt64](repeating: .max, count: (rows.count + 63) / 64)
        unsafe matches.gatherBytes(column: column, rows: rows, into: &bytes, offsets: &offsets, validity: &validity)
        return (0..<rows.count).map { offset in
            guard bit(validity, offset) else { return nil }
            let run = Array(bytes[Int(offsets[offset])..<Int(offsets[offset + 1])])
            return kind == .encoded ? .encoded(run) : .bytes(run)
        }
    }

    private func bit(_ words: [UInt64], _ index: Int) -> Bool { words[index / 64] >> UInt64(index % 64) & 1 == 1 }
}
