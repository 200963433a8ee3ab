// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

/// The part of a run's record that others search for: typed, and indexed by the registry.
public enum RunDetail: Sendable, Hashable {
    /// The decision about files that entered a table.
    case admission(Admission)
    /// The results of a shadow run, one object for each question; the run's identity names the pair of versions.
    case shadow([JSON])
    /// The number of the generation that a fill made.
    case fill(generation: Int64)
    /// A training set: how many rows it has, and where it was written.
    case training(rows: Int64, output: String)
    /// Nothing that is looked for.
    case none

    /// A decision about files that entered.
    public struct Admission: Sendable, Hashable {
        /// The decision; nil when the run does not record one.
        public let decision: Reaction.Action?
        /// The number of rows that were visible before; nil when there were none.
        public let previousRows: Int64?
        /// The number of rows that are visible since; nil when none was admitted.
        public let visibleRows: Int64?
        /// The verdicts, as they were when they were made.
        public let files: [File]

        /// The verdict on one file.
        public struct File: Sendable, Hashable {
            /// The key under which the verdict is kept.
            public let key: Fingerprint
            /// The verdict as it was recorded.
            public let verdict: JSON

            /// Pairs a key with a verdict.
            public init(key: Fingerprint, verdict: JSON) {
                self.key = key
                self.verdict = verdict
            }
        }

        /// Describes a decision.
        public init(decision: Reaction.Action?, previousRows: Int64?, visibleRows: Int64?, files: [File]) {
            self.decision = decision
            self.previousRows = previousRows
            self.visibleRows = visibleRows
            self.files = files
        }
    }

    /// Reads the detail of a run from its summary, where earlier versions recorded everything.
    ///
    /// A registry that is brought to the form of this version reads each of its runs so, once.
    public init(of command: String, summary: JSON) {
        switch command {
        case "admit":
            let files = (summary["files"]?.arrayValue ?? []).compactMap { file in
                file["sha256"]?.stringValue.flatMap { Fingerprint(hex: $0) }.map {
                    Admission.File(key: $0, verdict: file)
                }
            }
            self = .admission(
                Admission(
                    decision: summary["decision"]?.stringValue.flatMap { Reaction.Action(rawValue: $0) },
                    previousRows: summary["previousRows"]?.exactValue, visibleRows: summary["visibleRows"]?.exactValue,
                    files: files))
        case "shadow": self = .shadow(summary["evidence"]?.arrayValue ?? [])
        case "materialize":
            self = summary["generation"]?.countValue.map { .fill(generation: Int64($0)) } ?? .none
        case "train":
            guard let rows = summary["rows"]?.exactValue, let output = summary["output"]?.stringValue else {
                fallthrough
            }
            self = .training(rows: rows, output: output)
        default: self = .none
        }
    }
}
