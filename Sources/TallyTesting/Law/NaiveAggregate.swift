// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension NaiveLaw {
    /// The aggregate over the rows of a window (SEMANTICS 5.2 to 5.6).
    public enum Aggregate: Sendable, Hashable {
        case countAll, count, countDistinct
        case sum, mean, varPop, varSamp, stddevPop, stddevSamp
        case min, max, any, all, first, last
        case lastN(Int)
        case topK(Int)
        case quantile(Double, relativeError: Double)

        /// Returns the answer over rows in the order of SEMANTICS 2, none of whose values was rejected.
        public func answer(_ rows: [Row]) -> Answer {
            let values = rows.map(\.value).filter { $0 != .null }
            // An empty window is null for all but counts and lists (SEMANTICS 4.5).
            func ofSome(_ answer: ([Value]) -> Answer) -> Answer { values.isEmpty ? Answer([.null]) : answer(values) }
            switch self {
            case .countAll: return Answer([.int(Int64(rows.count))])
            case .count: return Answer([.int(Int64(values.count))])
            case .countDistinct: return Answer([.int(Int64(Set(values).count))])
            case .lastN(let count): return Answer(values.suffix(count))
            case .topK(let count): return Answer(Self.mostFrequent(values, count))
            case .any: return ofSome { Answer([.bool($0.contains(.bool(true)))]) }
            case .all: return ofSome { Answer([.bool(!$0.contains(.bool(false)))]) }
            case .first: return ofSome { Answer([$0[0]]) }
            case .last: return ofSome { Answer([$0[$0.count - 1]]) }
            case .min: return ofSome { Answer([$0.sorted(by: Self.precedes)[0]]) }
            case .max: return ofSome { Answer([$0.sorted(by: Self.precedes)[$0.count - 1]]) }
            case .sum: return ofSome(Self.sum)
            case .mean: return ofSome(Self.mean)
            case .varPop: return ofSome { Self.variance($0, isSample: false, isRoot: false) }
            case .varSamp: return ofSome { Self.variance($0, isSample: true, isRoot: false) }
            case .stddevPop: return ofSome { Self.variance($0, isSample: false, isRoot: true) }
            case .stddevSamp: return ofSome { Self.variance($0, isSample: true, isRoot: true) }
            case .quantile(let share, let error): return ofSome { Self.quantile($0, share, error) }
            }
        }

        /// The order of values: false before true, NaN above all numbers, texts by bytes.
        static func precedes(_ left: Value, _ right: Value) -> Bool {
            switch (left, right) {
            case (.bool(let left), .bool(let right)): return !left && right
            case (.int(let left), .int(let right)): return left < right
            case (.float(let left), .float(let right)):
                if left.isNaN { return false }
                return right.isNaN || left < right
            case (.text(let left), .text(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.null, _), (.bool, _), (.int, _), (.float, _), (.text, _): return false
            }
        }

        private static func mostFrequent(_ values: [Value], _ count: Int) -> [Value] {
            var counts: [Value: Int] = [:]
            for value in values { counts[value, default: 0] += 1 }
            let ranked = counts.sorted { left, right in
                left.value != right.value ? left.value > right.value : precedes(left.key, right.key)
            }
            return ranked.prefix(count).map(\.key)
        }
    }
}
