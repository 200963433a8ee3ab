// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import Synchronization
internal import TallyModel

/// A table as a server keeps it: each call is one step of its own, and others come between any two.
final class RecordTable: Sendable {
    /// The bytes of a cell, and which fill wrote them.
    struct Version: Hashable {
        let epoch: Int
        let bytes: [UInt8]
    }

    /// The record under a key.
    struct Record {
        let current: Version
        /// The epoch of the generation on which the fill was planned.
        let base: Int
        /// The version that was visible before.
        let previous: Version?

        /// The version that a reader of a generation sees; torn where the record tells nothing of that generation any more.
        func version(for head: Head) -> (found: Version?, isTorn: Bool) {
            if head.sees(current) { return (current, false) }
            if current.epoch > head.epoch, base != head.epoch { return (nil, true) }
            return (previous.flatMap { head.sees($0) ? $0 : nil }, false)
        }
    }

    /// The present state of a view: its generation, and the fills that made it.
    struct Head: Equatable {
        var generation: OnlineGeneration?
        var last = 0
        /// The epoch of the fill that made the generation.
        var epoch = 0
        /// Versions of earlier epochs were replaced.
        var base = 0
        /// Epochs since `base` whose fills came to nothing.
        var abandoned: Set<Int> = []

        func sees(_ version: Version) -> Bool {
            (base...max(base, epoch)).contains(version.epoch) && !abandoned.contains(version.epoch)
        }

        /// The head after a fill of an epoch: those between were given up.
        func successor(_ generation: OnlineGeneration, epoch: Int, isReplacing: Bool) -> Head {
            Head(
                generation: generation, last: generation.number, epoch: epoch, base: isReplacing ? epoch : base,
                abandoned: isReplacing ? [] : abandoned.union(self.epoch + 1..<max(self.epoch + 1, epoch)))
        }
    }

    private struct View {
        var head = Head()
        /// The epoch of the writer that may write.
        var epoch = 0
        var records: [[UInt8]: Record] = [:]
    }

    private let views = Mutex<[Fingerprint: View]>([:])

    /// The heads of all views; one is a record like any other.
    var heads: [Fingerprint: Head] { views.withLock { $0.mapValues(\.head) } }

    func record(_ storage: Fingerprint, _ key: [UInt8]) -> Record? { views.withLock { $0[storage]?.records[key] } }

    func keys(_ storage: Fingerprint) -> [[UInt8]] {
        views.withLock { $0[storage]?.records.keys.sorted { $0.lexicographicallyPrecedes($1) } ?? [] }
    }

    /// Takes the next epoch of a view; writers of earlier epochs cannot write any more.
    func claim(_ storage: Fingerprint) -> Int {
        views.withLock { views in
            views[storage, default: View()].epoch += 1
            return views[storage]?.epoch ?? 0
        }
    }

    func write(
        _ record: Record, _ storage: Fingerprint, _ key: [UInt8], epoch: Int, view: String
    ) throws(TallyError) {
        try change(storage, epoch, view) { $0.records[key] = record }
    }

    func publish(_ head: Head, _ storage: Fingerprint, view: String) throws(TallyError) {
        try change(storage, head.epoch, view) { $0.head = head }
    }

    /// Makes one change, as one command of a server can, unless a later epoch was taken.
    private func change(
        _ storage: Fingerprint, _ epoch: Int, _ view: String, _ body: (inout View) -> Void
    ) throws(TallyError) {
        try views.withLock { views throws(TallyError) in
            guard var present = views[storage], present.epoch == epoch else {
                throw TallyError(
                    .conflict, "another fill began meanwhile; nothing of this one is visible",
                    subject: "online store, view \(view)", help: "run the command again")
            }
            body(&present)
            views[storage] = present
        }
    }
}
