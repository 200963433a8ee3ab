// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// The entries that the caller of a fill gives, checked and encoded, a chunk at a time.
struct GivenEntries {
    let fill: OnlineFill
    let next: @Sendable () throws(TallyError) -> OnlineEntry?
    let cancellation: Cancellation
    let limits: LMDBLimits
    private var last: OnlineKey?

    init(
        _ fill: OnlineFill, _ next: @escaping @Sendable () throws(TallyError) -> OnlineEntry?,
        _ cancellation: Cancellation, _ limits: LMDBLimits
    ) {
        self.fill = fill
        self.next = next
        self.cancellation = cancellation
        self.limits = limits
    }

    /// The next chunk, collected while no transaction is open, however long the caller takes.
    mutating func chunk() throws(TallyError) -> Chunk {
        var chunk = Chunk()
        while chunk.count < limits.chunkCount, chunk.byteCount < limits.chunkBytes {
            try cancellation.check()
            guard let entry = try next() else {
                chunk.isLast = true
                return chunk
            }
            try fill.check(entry, after: last)
            chunk.append(entry.key.stored, fill.cell(of: entry.cell).encoded(for: entry.key))
            last = entry.key
        }
        return chunk
    }
}
