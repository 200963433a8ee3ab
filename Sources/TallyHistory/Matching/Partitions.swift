// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// Records of four words, each in a numbered partition; what is too much for the memory waits in a scratch file.
///
/// Records of a partition come back in the order in which they came.
struct Partitions {
    typealias Record = SIMD4<UInt64>

    private struct Partition {
        var waiting: [Record] = []
        var extents: [(offset: Int, records: Int)] = []
    }

    private var partitions: [Partition] = []
    private var waitingRecords = 0
    private let budget: Int
    private let folder: String
    private var scratch: ScratchFile?
    private var scratchBytes = 0

    private static let recordBytes = 32

    /// Keeps up to `budget` bytes of records in memory; the scratch file lies in `folder`.
    init(budget: Int, folder: String) {
        self.budget = budget
        self.folder = folder
    }

    /// Adds a record.
    mutating func append(_ record: Record, to partition: Int) throws(TallyError) {
        while partitions.count <= partition { partitions.append(Partition()) }
        partitions[partition].waiting.append(record)
        waitingRecords += 1
        if waitingRecords * Self.recordBytes > budget { try spill() }
    }

    /// Removes the records of a partition and returns them.
    mutating func take(_ number: Int) throws(TallyError) -> [Record] {
        guard partitions.indices.contains(number) else { return [] }
        let partition = partitions[number]
        partitions[number] = Partition()
        waitingRecords -= partition.waiting.count
        guard let scratch, !partition.extents.isEmpty else { return partition.waiting }
        var records: [Record] = []
        for extent in partition.extents {
            let wanted = extent.records * Self.recordBytes
            var bytes: [UInt8] = []
            while bytes.count < wanted {
                let piece: [UInt8]
                do throws(OpenFile.Failure) {
                    piece = try scratch.read(upTo: wanted - bytes.count, at: extent.offset + bytes.count)
                } catch {
                    throw TallyError(.unreadable, "digests could not be read back: \(error.message)", subject: folder)
                }
                guard !piece.isEmpty else {
                    throw TallyError(.unreadable, "digests that were set aside came back short", subject: folder)
                }
                bytes += piece
            }
            for start in stride(from: 0, to: wanted, by: Self.recordBytes) {
                records.append(
                    Record(
                        StoredWords.word(bytes, start), StoredWords.word(bytes, start + 8),
                        StoredWords.word(bytes, start + 16), StoredWords.word(bytes, start + 24)))
            }
        }
        return records + partition.waiting
    }

    private mutating func spill() throws(TallyError) {
        do throws(OpenFile.Failure) {
            if scratch == nil { scratch = try ScratchFile(in: folder) }
            guard let file = scratch else { return }
            for number in partitions.indices where !partitions[number].waiting.isEmpty {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(partitions[number].waiting.count * Self.recordBytes)
                for record in partitions[number].waiting {
                    for index in 0..<4 { StoredWords.append(record[index], to: &bytes) }
                }
                try file.append(bytes)
                partitions[number].extents.append((scratchBytes, partitions[number].waiting.count))
                partitions[number].waiting = []
                scratchBytes += bytes.count
            }
        } catch {
            throw TallyError(
                .unwritable, "digests of rows could not be set aside: \(error.message)", subject: folder,
                help: "make room on the disk, or give --memory for all of them at once", underlying: error.message)
        }
        waitingRecords = 0
    }
}
