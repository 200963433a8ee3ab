// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Tallystick contributors

internal import TallyModel

/// A data file that is read page by page and never mapped: what is damaged gives errors and no signals.
struct PageFile: ~Copyable {
    private let file: OpenFile
    private let path: String

    /// Opens the data of a folder; nil when there is none.
    init?(_ folder: String) throws(TallyError) {
        path = EnvironmentIdentity.data(folder)
        guard FileName.exists(path) else { return nil }
        // Opening a pipe would wait for a writer.
        guard FileStamp(of: path)?.kind == .file else {
            throw LMDBFailure.damaged(StructureDamage("data.mdb is no file"), path: folder)
        }
        do throws(OpenFile.Failure) {
            file = try OpenFile.reading(path)
        } catch {
            if error.isMissing { return nil }
            throw Self.unreadable(error, path)
        }
    }

    /// The bytes of the file.
    func size() throws(TallyError) -> UInt64 {
        do throws(OpenFile.Failure) {
            return UInt64(try file.stamp().size)
        } catch {
            throw Self.unreadable(error, path)
        }
    }

    /// The present commit; `StructureDamage` where the two meta pages do not fit each other.
    func meta() throws(TallyError) -> Result<MetaPage, StructureDamage> {
        var damage = StructureDamage("it is no online store")
        // A commit that is on its way may be read half.
        for attempt in 0..<3 {
            if attempt > 0 { Pause.briefly() }
            do throws(StructureDamage) {
                let first = try meta(try bytes(0, MetaPage.size), 0)
                let second = try meta(try bytes(first.pageSize, MetaPage.size), 1)
                return .success(try MetaPage.newer(first, second))
            } catch {
                damage = error
            }
        }
        return .failure(damage)
    }

    private func meta(_ bytes: [UInt8], _ number: UInt64) throws(StructureDamage) -> MetaPage {
        guard bytes.count == MetaPage.size else { throw StructureDamage("the file ends before it", page: number) }
        return try MetaPage(PageBytes(bytes: bytes), number: number)
    }

    /// Returns bytes at an offset, fewer at the end of the file; a disk that fails is damage.
    func bytes(_ offset: Int, _ count: Int) throws(StructureDamage) -> [UInt8] {
        do throws(OpenFile.Failure) {
            return try file.read(upTo: count, at: offset)
        } catch {
            throw StructureDamage("bytes from \(offset) on could not be read: \(error.message)")
        }
    }

    private static func unreadable(_ error: OpenFile.Failure, _ path: String) -> TallyError {
        TallyError(
            .unreadable, "could not be read: \(error.message)", subject: path,
            help: "check that the file is readable and its disk in order", underlying: error.message)
    }
}
