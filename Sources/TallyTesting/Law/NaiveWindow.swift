// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

extension NaiveLaw {
    /// A window and its edges (SEMANTICS 4.1 to 4.4).
    public struct Window: Sendable {
        /// The inclusion of the window's two ends.
        public enum Edges: String, Sendable, CaseIterable {
            case after = "(]"
            case before = "[)"
            case both = "[]"
        }

        public var size: Int64
        /// The step of the lower edge; nil for an exact one.
        public var hop: Int64?
        public var edges = Edges.after
        /// Whether the upper edge is the last step, too.
        public var endsAtHop = false
        public var offset: Int64 = 0

        public init(size: Int64, hop: Int64? = nil) {
            self.size = size
            self.hop = hop
        }

        /// The hop of a window that declares none (SEMANTICS 4.3); nil where the window is exact.
        public static func defaultHop(of size: Int64) -> Int64? {
            let second: Int64 = 1_000_000
            for hop in [86_400, 3_600, 300, 60, 10, 1].map({ $0 * second }) where size % hop == 0 && hop * 12 <= size {
                return hop
            }
            return nil
        }

        /// The rows of the window at `time`, in order.
        public func rows(_ rows: [Row], at time: Int64, _ at: At = .inclusive, request: Value? = nil) -> [Row] {
            let now = endsAtHop ? floor(time) : time
            let upper = now - offset
            let lower = floor(upper - size)
            return NaiveLaw.visible(rows, at: now, at, request: request).filter { row in
                switch edges {
                case .after: lower < row.event && row.event <= upper
                case .before: lower <= row.event && row.event < upper
                case .both: lower <= row.event && row.event <= upper
                }
            }
        }

        /// The last step at or before `time`, also before 1970.
        private func floor(_ time: Int64) -> Int64 {
            guard let hop else { return time }
            var step = time / hop * hop
            if step > time { step -= hop }
            return step
        }
    }
}
