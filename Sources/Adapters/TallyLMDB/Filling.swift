// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import CLMDB
internal import TallyModel

/// One fill from its first to its last transaction, on one thread.
///
/// Rows go into a namespace of their own, in bounded transactions, and become visible when the directory refers to it.
/// Only what is merged into rows that are there changes them in place, in one transaction.
struct Filling {
    let environment: Environment
    let fill: OnlineFill
    let cancellation: Cancellation
    private var given: GivenEntries
    /// The namespaces that had rows of the view before or during this fill: all but one of them are to be cleared away.
    private var touched = Set<UInt32>()

    init(
        _ environment: Environment, _ fill: OnlineFill,
        _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?, _ cancellation: Cancellation
    ) {
        self.environment = environment
        self.fill = fill
        self.cancellation = cancellation
        given = GivenEntries(fill, next, cancellation, environment.limits)
    }

    /// Fills, and cleans up after this fill and those that did not finish.
    mutating func run() throws(TallyError) -> OnlineFillOutcome {
        try environment.changing(cancellation) { () throws(TallyError) in
            let outcome = try fillIn()
            let shown = try environment.reading { (reader) throws(TallyError) in
                try reader.entry(of: fill.generation.storage).namespace
            }
            return (outcome, touched.subtracting(shown.map { [$0] } ?? []))
        }
    }

    private mutating func fillIn() throws(TallyError) -> OnlineFillOutcome {
        let base = try environment.reading { (reader) throws(TallyError) in try reader.base(of: fill) }
        if let before = base.entry.namespace { touched.insert(before) }
        let first = try given.chunk()
        guard fill.mode == .merge, base.present != nil else { return try replace(first) }
        return first.isLast ? try merge(first) : try mergeStaged(first)
    }

    /// Writes chunk after chunk into a namespace that no reader sees, and shows it with the last.
    private mutating func replace(_ first: Chunk) throws(TallyError) -> OnlineFillOutcome {
        var chunk = first
        var progress = Progress()
        while true {
            let (before, current) = (progress, chunk)
            progress = try environment.writing { (writer) throws(TallyError) in
                try cancellation.check()
                let base = try writer.base(of: fill)
                var progress = before
                let namespace: UInt32
                if let before = before.namespace { namespace = before } else { namespace = try writer.newNamespace() }
                progress.namespace = namespace
                try progress.compare(current, with: base.entry.namespace, writer)
                try writer.append(current, namespace)
                if current.isLast {
                    progress.generation = try writer.show(base.successor(progress.keys, progress.digest), in: namespace)
                }
                return progress
            }
            if let namespace = progress.namespace { touched.insert(namespace) }
            if let generation = progress.generation { return progress.outcome(generation) }
            chunk = try given.chunk()
        }
    }

    /// Offers one chunk to the rows that are there.
    private func merge(_ chunk: Chunk) throws(TallyError) -> OnlineFillOutcome {
        try environment.writing { (writer) throws(TallyError) in
            try cancellation.check()
            let (base, namespace, present) = try writer.filledBase(of: fill)
            let counts = try writer.merge(chunk, into: namespace, fill)
            let generation = base.successor(of: present, counts)
            return counts.outcome(try writer.show(generation, in: namespace))
        }
    }

    /// Collects everything that is given in a namespace of its own first, since one transaction must not wait for the
    /// caller, and may have to be done again; then offers it to the rows that are there.
    private mutating func mergeStaged(_ first: Chunk) throws(TallyError) -> OnlineFillOutcome {
        var chunk = first
        var staged: UInt32?
        while true {
            let (before, current) = (staged, chunk)
            staged = try environment.writing { (writer) throws(TallyError) in
                try cancellation.check()
                let namespace: UInt32
                if let before { namespace = before } else { namespace = try writer.newNamespace() }
                try writer.append(current, namespace)
                return namespace
            }
            if let staged { touched.insert(staged) }
            if chunk.isLast { break }
            chunk = try given.chunk()
        }
        guard let staged else { throw TallyError(.internal, "nothing was staged", subject: environment.path) }
        return try environment.writing { (writer) throws(TallyError) in
            let (base, namespace, present) = try writer.filledBase(of: fill)
            var counts = MergeCounts()
            var place: [UInt8]?
            while true {
                try cancellation.check()
                let piece = try writer.piece(of: staged, after: place, environment.limits)
                guard let last = piece.lastKey else { break }
                try counts.add(writer.merge(piece, into: namespace, fill))
                place = last
            }
            let generation = base.successor(of: present, counts)
            return counts.outcome(try writer.show(generation, in: namespace))
        }
    }
}
